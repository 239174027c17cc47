import { describe, expect, it } from "vitest";
import type { Device, Item, Me } from "../src/api/types.ts";
import { fromKept, mayKeep, MOST_ITEMS, MOST_TIMELINES, toKeep, withStart } from "../src/live/kept.ts";
import type { Mark } from "../src/live/kept.ts";
import { EMPTY } from "../src/live/reducer.ts";
import type { ClientState, Row } from "../src/live/reducer.ts";

const DAY = 86_400_000;
const row = (id: string, read = 0): Row => ({ group: { id, me: { role: "member", state: "active" } } as Row["group"], last: null, unread: 0, mentioned: false, reminded: null, read, begun: true, pinned: false, muted: false, marked_unread: false });
const items = (from: number, count: number): Item[] => Array.from({ length: count }, (_, n) => ({ kind: "groups.changed", position: from + n, group: "g", at: 0, actor: null, card: null, what: "owner" }));
const device = (days: Record<string, number>): Device => ({
  epoch: "e", groups: Object.fromEntries(Object.entries(days).map(([id, n]) => [id, { days: n, told: "text" as const }])),
  notifications: { told: "sender" }, push_key: null,
});
const mark = (of: Device, at: number): Mark => ({ epoch: "e", me: { todo: { approvals: 1, reviews: 0, notices: 2 } } as Me, device: of, position: 9, at, writer: "w" });
const state = (rows: Row[], timelines: ClientState["timelines"] = {}): ClientState => ({ ...EMPTY, position: 9, conversations: Object.fromEntries(rows.map((one) => [one.group.id, one])), timelines });

describe("what is kept", () => {
  it("is nothing of groups that the rules leave out, or that are not known", () => {
    const found = toKeep(state([row("a"), row("b"), row("c")], { a: { items: items(1, 2), more: false }, b: { items: items(1, 2), more: false } }), device({ a: 14, b: 0 }));
    expect(Object.keys(found.rows)).toEqual(["a"]);
    expect(Object.keys(found.timelines)).toEqual(["a"]);
    expect(mayKeep(null, "a")).toBe(false);
  });
  it("is bounded, and says that more is to be had", () => {
    const many = Object.fromEntries(Array.from({ length: MOST_TIMELINES + 5 }, (_, n) => [`g${n}`, { items: items(n, MOST_ITEMS + n), more: false }]));
    const found = toKeep(state(Object.keys(many).map((id) => row(id)), many), device(Object.fromEntries(Object.keys(many).map((id) => [id, 1]))));
    expect(Object.keys(found.timelines)).toHaveLength(MOST_TIMELINES);
    expect(found.timelines["g0"]).toBeUndefined();
    expect(found.timelines["g64"]).toEqual({ items: items(64, MOST_ITEMS + 64).slice(-MOST_ITEMS), more: true });
    expect(found.timelines["g5"]?.items.at(-1)?.position).toBe(5 + MOST_ITEMS + 5 - 1);
  });
  it("goes with a group that I left", () => {
    expect(toKeep(state([row("b")], { a: { items: items(1, 1), more: false } }), device({ a: 14, b: 14 })).timelines).toEqual({});
  });
});

describe("the state that was kept", () => {
  const kept = { rows: { a: row("a"), b: row("b") }, timelines: { a: { items: items(1, 2), more: false }, b: { items: items(1, 2), more: false } } };
  it("is shown at its position, each group for as long as its rules allow", () => {
    const of = device({ a: 14, b: 2 });
    expect(fromKept(mark(of, 0), kept, DAY)).toMatchObject({ position: 9, conversations: kept.rows, timelines: kept.timelines, todo: { approvals: 1, notices: 2 } });
    expect(Object.keys(fromKept(mark(of, 0), kept, 3 * DAY)?.conversations ?? {})).toEqual(["a"]);
    expect(Object.keys(fromKept(mark(of, 0), kept, 3 * DAY)?.timelines ?? {})).toEqual(["a"]);
    expect(fromKept(mark(of, 0), kept, 15 * DAY)).toBeNull();
    expect(fromKept(mark(of, 30 * DAY), kept, DAY)).toBeNull();
    expect(fromKept({ ...mark(of, 0), ended: true }, kept, DAY)).toBeNull();
  });
  it("takes the rows of the first answer, and keeps its own position for what follows", () => {
    const before = fromKept(mark(device({ a: 14, b: 14 }), 0), kept, DAY) ?? EMPTY;
    const found = withStart(before, { position: 12, conversations: [row("a", 11)] }, EMPTY.todo);
    expect(found).toEqual({ position: 9, conversations: { a: { ...row("a", 11), at: 12 } }, timelines: { a: kept.timelines.a }, todo: EMPTY.todo, unsure: [] });
  });
  it("is worth nothing beside a ledger that is shorter", () => {
    const before = fromKept(mark(device({ a: 14 }), 0), kept, DAY) ?? EMPTY;
    expect(withStart(before, { position: 5, conversations: [row("a")] }, EMPTY.todo)).toMatchObject({ position: 5, timelines: {} });
  });
});
