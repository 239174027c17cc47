import { expect, it } from "vitest";
import type { Item } from "../src/api/types.ts";
import type { News } from "../src/live/told.ts";
import { Waits } from "../src/live/waits.ts";

const news = (position: number, at = position, text = "好"): News => ({ group: "g", at, position, from: { id: "you", name: "你" }, text, calling: { mentions: [], silent: false, urgent: false } });
const change = (kind: string, message: number, more: object = {}): Item => ({ position: 99, at: 99, group: "g", actor: null, kind, message, ...more }) as unknown as Item;
function waiting(n: number): Waits {
  const made = new Waits();
  for (let at = 1; at <= n; at++) made.add(news(at));
  return made;
}

it("says how many others wait, 9+ from 9", () => {
  expect([1, 2, 9, 10, 30].map((n) => waiting(n).others(news(n), 0))).toEqual(["", "1", "8", "9+", "9+"]);
});
it("does not count what is read, nor what waits elsewhere", () => {
  const made = waiting(5);
  expect([made.others(news(5), 3), made.others({ ...news(5), group: "h" }, 0)]).toEqual(["1", ""]);
  made.forget("g");
  expect(made.others(news(6), 3)).toBe("");
});
it("a message that is edited is still one, and one that is recalled or moved aside none", () => {
  const made = waiting(4);
  made.change(change("messaging.edited", 2, { text: "改" }));
  made.add(news(2, 9, "改"));
  expect(made.others(news(4), 0)).toBe("3");
  made.change(change("messaging.recalled", 4));
  made.change(change("messaging.moved", 1, { on: true }));
  expect([made.newest("g", 0)?.text, made.others(news(2), 0), made.newest("g", 9)]).toEqual(["改", "1", undefined]);
});
it("what is told again of an edited message has its new text", () => {
  const made = waiting(1);
  made.change(change("messaging.edited", 1, { text: "改" }));
  expect(made.newest("g", 0)?.text).toBe("改");
});
