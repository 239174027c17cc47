import { expect, it } from "vitest";
import type { ChangeItem, Message } from "../src/api/types.ts";
import { uncorrected } from "../src/live/uncorrected.ts";

const recalled = (message: number, corrects: number | null, corrected: number | null): ChangeItem => ({
  kind: "messaging.recalled", position: 90, at: 0, group: "g", number: null, actor: null, message, by: null, reason: null, thread: null,
  sender: { id: "a", name: "A" }, moved: false, corrects, corrected,
} as ChangeItem);
const at = (position: number, corrected: number | null, quoted?: { position: number; corrected: number | null }): Message =>
  ({ position, corrected, quote: quoted ? { ...quoted, sender: { id: "a", name: "A" }, text: "", recalled: false, moved: false } : null } as unknown as Message);
const led = (message: Message, item: ChangeItem): [number | null, number | null] => {
  const now = uncorrected(message, item);
  return [now.corrected ?? null, now.quote?.corrected ?? null];
};

it("what led to a recalled correction leads to the one before", () => {
  const item = recalled(30, 20, 20);
  expect(led(at(10, 30), item)).toEqual([20, null]);
  expect(led(at(20, 30), item)).toEqual([null, null]);
  expect(led(at(40, null, { position: 10, corrected: 30 }), item)).toEqual([null, 20]);
});
it("where no correction is left nothing leads anywhere", () => {
  expect(led(at(10, 30, { position: 10, corrected: 30 }), recalled(30, 10, null))).toEqual([null, null]);
});
it("a recalled correction leads nowhere itself, and a message that is none keeps its correction", () => {
  expect(led(at(20, 30), recalled(20, 10, 30))).toEqual([null, null]);
  expect(led(at(10, 30), recalled(10, null, 30))).toEqual([30, null]);
});
it("what it does not concern stays as it is", () => {
  const other = at(5, 6, { position: 5, corrected: 6 });
  expect(uncorrected(other, recalled(30, 20, 20))).toBe(other);
});
