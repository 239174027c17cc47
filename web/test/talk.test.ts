import { describe, expect, it } from "vitest";
import type { Control, Conversation, GroupCard, Item, MessageItem } from "../src/api/types.ts";
import { editingTime } from "../src/chat/controls.ts";
import { nextUnread, step } from "../src/chat/steps.ts";
import { readersOf } from "../src/live/reads.ts";
import { applyToThread, withOlder } from "../src/live/thread.ts";
import type { Thread } from "../src/live/thread.ts";

const message = (position: number, text: string, thread: number | null = null, sender = "p1"): MessageItem => ({
  position, at: position * 1000, kind: "messaging.sent", group: "g", number: position, actor: null,
  message: { position, number: position, sender: { id: sender, name: sender }, at: position * 1000, text, mentions: [], state: "delivered", spans: [], thread },
});

describe("a thread", () => {
  const start: Thread = { root: message(5, "首条"), items: [message(7, "一", 5)], more: true, position: 10 };
  it("takes its own replies and counts them, each once", () => {
    const reply = message(11, "二", 5, "p2");
    const next = applyToThread(start, reply);
    expect(next.items.map((one) => one.position)).toEqual([7, 11]);
    expect(next.root.message.replies).toEqual({ count: 1, last_at: 11_000, people: [{ id: "p2", name: "p2" }] });
    expect(applyToThread(next, reply)).toBe(next);
    expect(applyToThread(start, message(9, "旧", 5))).toBe(start);
  });
  it("leaves out what is said elsewhere", () => {
    for (const other of [message(11, "别的话题", 6), message(11, "不在话题"), { ...message(11, "别的群", 5), group: "h" }]) {
      const next = applyToThread(start, other);
      expect([next.items, next.root, next.position]).toEqual([start.items, start.root, 11]);
    }
  });
  it("changes with its messages", () => {
    const by = { id: "p1", name: "p1" };
    const base = { at: 1, group: "g", actor: by, message: 7 };
    const edited: Item = { ...base, kind: "messaging.edited", position: 11, text: "改", mentions: [], called: [], spans: [], edited_at: 1, state: "delivered", clause: null };
    const recalled: Item = { ...base, kind: "messaging.recalled", position: 12, message: 5, by, reason: null, moved: false, thread: null, sender: by };
    expect(applyToThread(start, edited).items[0]?.message.text).toBe("改");
    expect(applyToThread(start, recalled).root.message).toMatchObject({ text: "", recalled: { by } });
  });
  it("grows backwards without doubles", () => {
    const page = { root: start.root, items: [message(6, "零", 5), message(7, "一", 5)], more: false, position: 12 };
    expect(withOlder(start, page)).toMatchObject({ items: [{ position: 6 }, { position: 7 }], more: false, position: 10 });
  });
});

it("counts the readers of a message without its author and those who came later", () => {
  const marks = { reads: { me: 9, a: 9, b: 4, late: 9 }, since: { me: 0, a: 0, b: 3, c: 0, late: 6 } };
  expect(readersOf(marks, 5, "me")).toEqual({ of: 3, read: 1 });
  expect(readersOf(marks, 8, "me")).toEqual({ of: 4, read: 2 });
});

describe("editing", () => {
  const group = (id: string): GroupCard => ({ class: { id, title: { zh: "", en: "" } } }) as GroupCard;
  const control = (use: string, values: Record<string, unknown>): Control =>
    ({ use, with: Object.entries(values).map(([name, value]) => ({ name, title: "", value })) }) as Control;
  it("lasts as long as the first clause for the class says", () => {
    const all = [control("1.1/messaging.recall", { minutes: 2 }), control("1.2/messaging.editing", { minutes: 5, classes: ["line"] }), control("1.3/messaging.editing", { minutes: 9, classes: [] })];
    expect([editingTime(all, group("line")), editingTime(all, group("office"))]).toEqual([300_000, 540_000]);
  });
  it("is off without a clause", () => {
    expect(editingTime([control("1.1/messaging.recall", { minutes: 2 })], group("line"))).toBeNull();
  });
});

describe("keys of the list", () => {
  const row = (id: string, unread: number, marked_unread = false): Conversation => ({ group: { id }, unread, marked_unread }) as Conversation;
  const list = [row("a", 1), row("b", 0), row("c", 3), row("d", 0, true), row("e", 0)];
  it("leads to the next unread, around the ends", () => {
    expect([nextUnread(list, "a", 1), nextUnread(list, "c", 1), nextUnread(list, "d", 1), nextUnread(list, "a", -1), nextUnread(list, "e", -1)]).toEqual(["c", "d", "a", "d", "d"]);
    expect([nextUnread(list, null, 1), nextUnread(list, null, -1)]).toEqual(["a", "d"]);
    expect([nextUnread([row("a", 2)], "a", 1), nextUnread([], null, 1), nextUnread([row("a", 0)], null, -1)]).toEqual([null, null, null]);
  });
  it("stops at the ends", () => {
    expect([step("ArrowDown", 1, 3), step("ArrowDown", 2, 3), step("ArrowUp", 0, 3), step("Home", 2, 3), step("End", 0, 3), step("x", 0, 3)]).toEqual([2, 2, 0, 0, 2, null]);
  });
});
