/** [client-poison] One object that nobody expected must not take the client with it, nor the objects beside it. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Item, Message } from "../src/api/types.ts";
import { rowsOf } from "../src/chat/rows.ts";
import { linesOf } from "./poison.ts";
import { oneLine, parse } from "../src/lib/markdown.ts";
import { cut, initials, mentionSpans } from "../src/lib/text.ts";
import { applyItem, EMPTY, fromSnapshot, PLAIN } from "../src/live/reducer.ts";
import type { ClientState } from "../src/live/reducer.ts";
import { applyToThread, fromPage } from "../src/live/thread.ts";

const WHO = { id: "p2", name: "欧阳明远" };
const message = (position: number, by: object = {}): Message => ({
  position, number: position, sender: WHO, at: position, text: "好", mentions: [], quote: null, state: "delivered", spans: [], clause: null, note: null, cmid: null, due_at: null, ...by,
});
const sent = (position: number, by: object = {}, of: object = {}): Item => ({ position, at: position, kind: "messaging.sent", group: "g1", actor: WHO, message: message(position, by), ...of }) as Item;
const card = { id: "g1", name: "群", short_name: "群", state: "active", me: { role: "member", state: "active" } };
const base = (): ClientState => fromSnapshot(
  { position: 10, conversations: [{ group: card, last: null, unread: 0, mentioned: false, reminded: null, read: 10, begun: true, ...PLAIN }] as never }, { g1: { items: [], more: false } }, EMPTY.todo,
);
const WRONG: readonly unknown[] = [null, undefined, 0, -1, Number.NaN, 2 ** 53, "", "x".repeat(50_000), [], [null], {}, { id: null }, true, "__proto__", { toString: null }];
/** Far beyond what it takes on a busy machine: what hangs, hangs for longer. */
const HANGS_MS = 10_000;
const FIELDS = Object.keys(message(1));
const KINDS = ["messaging.recalled", "messaging.edited", "messaging.reacted", "messaging.pinned", "messaging.moved", "messaging.frozen", "messaging.burn_opened", "messaging.released", "messaging.refused", "groups.changed", "groups.member_changed", "directory.person_changed", "approvals.changed", "messaging.reminded", "no.such_kind"];

let quiet: ReturnType<typeof vi.spyOn>;
beforeEach(() => void (quiet = vi.spyOn(console, "error").mockImplementation(() => undefined)));
afterEach(() => quiet.mockRestore());

function survives(poison: Item): void {
  const state = [sent(11), poison, sent(13)].reduce((now, one) => applyItem(now, one, "p1"), base());
  expect(state.position).toBe(13);
  const shown = rowsOf(state.timelines["g1"]?.items ?? [], 10, "p1").map((one) => one.key);
  expect(shown).toEqual(expect.arrayContaining(["i11", "i13"]));
}

it("the state takes in what stands beside a bad object", () => {
  for (const field of FIELDS) for (const bad of WRONG) survives(sent(12, { [field]: bad }));
  for (const bad of WRONG) {
    for (const field of ["at", "group", "actor", "message"]) survives(sent(12, {}, { [field]: bad }));
    for (const kind of KINDS) survives({ position: 12, at: 12, kind, group: "g1", actor: WHO, message: bad, person: bad, card: bad, by: bad, held: 11 } as unknown as Item);
  }
  expect(quiet).toHaveBeenCalled();
});

it("a thread does so too", () => {
  const page = { root: sent(11), items: [], more: false, position: 11 } as never;
  for (const bad of WRONG) {
    const poison = sent(12, { thread: 11, sender: bad });
    const thread = [poison, sent(13, { thread: 11 })].reduce((now, one) => applyToThread(now, one), fromPage(page));
    expect(thread.items.map((one) => one.position)).toContain(13);
  }
});

it("no text makes what draws it fail, or take long", () => {
  for (const text of linesOf()) {
    const began = performance.now();
    const blocks = parse(text);
    expect(blocks.flatMap((one) => one.runs).every((one) => one.end >= one.start)).toBe(true);
    oneLine(text);
    initials(text);
    mentionSpans(text, [{ name: "欧阳", mark: "m" }]);
    cut(text, [{ start: 0, end: 10_000_000 }, { start: -5, end: 2 }, { start: 9, end: 1 }]);
    expect(performance.now() - began).toBeLessThan(HANGS_MS);
  }
}, 60_000);
