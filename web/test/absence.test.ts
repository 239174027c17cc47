import { describe, expect, it } from "vitest";
import type { Item } from "../src/api/types.ts";
import { movesCompany, withItems } from "../src/lib/absence.ts";

const said = (position: number, id: string, until: number | null): Item => ({
  position, at: position, kind: "followup.absence", group: null, number: null, actor: null, person: { id, name: id }, absence: until === null ? null : { until, reason: "" },
} as Item);
const other = { position: 9, at: 9, kind: "groups.member_changed", group: "g", number: 1, actor: null } as unknown as Item;

describe("who cannot answer", () => {
  it("follows what is said, and what is taken back", () => {
    const known = withItems(new Map(), [said(1, "a", 50), said(2, "b", 60), said(3, "a", 70)]);
    expect([...known].map(([id, one]) => [id, one.absence.until])).toEqual([["a", 70], ["b", 60]]);
    expect([...withItems(known, [said(4, "a", null)]).keys()]).toEqual(["b"]);
  });
  it("is the same when it is told twice, and the same object where nothing is", () => {
    const items = [said(1, "a", 50), said(2, "a", null), said(3, "b", 5)];
    const once = withItems(new Map(), items);
    expect(withItems(once, items)).toEqual(once);
    expect(withItems(once, [other])).toBe(once);
  });
  it("is asked again where others come to be in a group with me", () => {
    expect(movesCompany([said(1, "a", 50)])).toBe(false);
    expect(movesCompany([said(1, "a", 50), other])).toBe(true);
    const changed = (what: string): Item => ({ ...other, kind: "groups.changed", what } as unknown as Item);
    expect([changed("closed"), changed("topics")].map((one) => movesCompany([one]))).toEqual([true, false]);
  });
});
