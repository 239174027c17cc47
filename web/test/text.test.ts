import { describe, expect, it } from "vitest";
import { cut, groupInitials, initials, mentionSpans, mentionsIn } from "../src/lib/text.ts";
import { deadline, inList, span } from "../src/lib/time.ts";
import { rowsOf } from "../src/chat/rows.ts";
import type { Item } from "../src/api/types.ts";

describe("text", () => {
  it("cuts at code points, not at code units", () => {
    expect(cut("🚧电话139", [{ start: 3, end: 6 }])).toEqual([{ text: "🚧电话", mark: null }, { text: "139", mark: "on" }]);
  });
  it("clamps spans that overlap or reach too far", () => {
    expect(cut("abcd", [{ start: 1, end: 3 }, { start: 2, end: 9 }]).map((one) => one.text)).toEqual(["a", "bc", "d"]);
  });
  it("finds the longer name first", () => {
    const names = [{ name: "李明", mark: "a" }, { name: "李明远", mark: "b" }];
    expect(mentionSpans("@李明远 和 @李明", names)).toEqual([{ start: 0, end: 4, mark: "b" }, { start: 7, end: 10, mark: "a" }]);
  });
  it("mentions only who still stands in the text", () => {
    expect(mentionsIn("@沈亦舟 看一下", new Map([["p5", "沈亦舟"], ["p2", "欧阳明远"]]))).toEqual(["p5"]);
  });
  it("takes the two characters of an avatar", () => {
    expect([initials("欧阳明远"), initials("阿卜杜热合曼·买买提依明"), initials("Ada Lovelace"), groupInitials("二号总装线技改工作群")]).toEqual(["明远", "阿卜", "AL", "二号"]);
  });
});

describe("time", () => {
  const now = new Date(2026, 10, 24, 10, 42).getTime();
  it("is short in lists", () => {
    expect([inList(now - 60_000, now, "zh-CN"), inList(now - 86_400_000, now, "zh-CN"), inList(now - 2 * 86_400_000, now, "zh-CN"), inList(now - 9 * 86_400_000, now, "en")])
      .toEqual(["10:41", "昨天", "周日", "11-15"]);
  });
  it("says what is left of a deadline", () => {
    expect([deadline(now + 10, now - 90, now).state, deadline(now + 60, now - 40, now).state, deadline(now - 1, now - 99, now).state]).toEqual(["near", "ok", "over"]);
    expect(span(135 * 60_000, "zh-CN")).toBe("2\u00a0小时 15\u00a0分");
  });
});

describe("rows of a timeline", () => {
  const at = (day: number): number => new Date(2026, 10, day, 9).getTime();
  const item = (position: number, day: number, sender: string): Item => ({
    position, at: at(day), kind: "messaging.sent", group: "g", actor: null,
    message: { position, number: 1, sender: { id: sender, name: sender }, at: at(day), text: "x", mentions: [], state: "delivered", spans: [] },
  });
  it("separates days and marks the first new message of another person, once", () => {
    const rows = rowsOf([item(1, 23, "a"), item(2, 24, "me"), item(3, 24, "a"), item(4, 24, "a")], 1, "me");
    expect(rows.map((one) => one.type)).toEqual(["day", "message", "day", "message", "new", "message", "message"]);
    expect(rowsOf([item(1, 23, "a")], 1, "me").some((one) => one.type === "new")).toBe(false);
  });
});
