import { expect, it } from "vitest";
import { forgetPerson } from "../src/lib/leaving.ts";

function place(...names: string[]): Storage {
  const kept = new Map(names.map((name) => [name, "1"]));
  return { get length() { return kept.size; }, key: (n: number) => [...kept.keys()][n] ?? null, removeItem: (name: string) => kept.delete(name) } as unknown as Storage;
}
const left = (one: Storage): string[] => Array.from({ length: one.length }, (_, n) => one.key(n) ?? "");

it("leaves nothing of who signs out, whichever hints they have put aside, and all that belongs to the device or to others", () => {
  const long = place("gj.theme", "gj.outage.me", "gj.audience.me", "gj.refused.me", "gj.drafts.me", "gj.apply.me", "gj.notice.me", "gj.outage.you", "gj.ledger.head", "gj.emoji", "other.me");
  const short = place("gj.away.me", "gj.lately.me", "gj.lately.you");
  forgetPerson("me", [long, short]);
  expect(left(long)).toEqual(["gj.theme", "gj.outage.you", "gj.ledger.head", "gj.emoji", "other.me"]);
  expect(left(short)).toEqual(["gj.lately.you"]);
});
it("takes nothing where nobody is named", () => {
  const one = place("gj.outage.", "gj.theme");
  forgetPerson("", [one]);
  expect(left(one)).toHaveLength(2);
});
