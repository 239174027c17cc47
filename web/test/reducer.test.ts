import { describe, expect, it } from "vitest";
import type { GroupCard, Item, Message } from "../src/api/types.ts";
import { applyItem, applyRead, EMPTY, fromSnapshot, ordered, PLAIN, withRows } from "../src/live/reducer.ts";
import type { ClientState } from "../src/live/reducer.ts";
import { compare } from "./instep.ts";

const ME = "p1";
const OTHER = { id: "p2", name: "欧阳明远" };
const card = (state: "active" | "must_sign" | "leaving_requested" = "active", members = 3): GroupCard => ({
  id: "g1", name: "澄远技改工作群", short_name: "技改工作群", filing_number: "群备〔2026〕0183号", kind: "internal", tool: null,
  class: { id: "project", title: { zh: "项目群", en: "Project" } }, level: { id: "internal", title: { zh: "内部", en: "Internal" }, rank: 2 },
  state: "active", members, me: { role: "member", state }, topics: [], hours: [], publishing: null,
});
function message(position: number, by: Partial<Message> = {}): Message {
  return { position, number: position, sender: OTHER, at: position, text: "好", mentions: [], quote: null, state: "delivered", spans: [], clause: null, note: null, cmid: null, due_at: null, ...by };
}
const sent = (position: number, by: Partial<Message> = {}): Item => ({ position, at: position, kind: "messaging.sent", group: "g1", actor: OTHER, message: message(position, by) });
const mine = { sender: { id: ME, name: "顾南枝" } };
const held = (position: number): Item => ({ position, at: position, kind: "messaging.held", group: "g1", actor: mine.sender, message: message(position, { ...mine, state: "held" }) });
const base = (): ClientState => fromSnapshot(
  { position: 10, conversations: [{ group: card(), last: null, unread: 0, mentioned: false, reminded: null, read: 10, begun: true, ...PLAIN }] }, { g1: { items: [], more: false } }, EMPTY.todo,
);
const run = (state: ClientState, ...items: Item[]): ClientState => items.reduce((now, one) => applyItem(now, one, ME), state);
const row = (state: ClientState) => state.conversations["g1"];
const positions = (state: ClientState): number[] | undefined => state.timelines["g1"]?.items.map((one) => one.position);

describe("messages", () => {
  it("counts what others write, not my own, and remembers a mention", () => {
    const state = run(base(), sent(11), sent(12, mine), sent(13, { mentions: [ME] }));
    expect(row(state)).toMatchObject({ unread: 2, mentioned: true, last: { position: 13 } });
    expect(positions(state)).toEqual([11, 12, 13]);
  });
  it("D6: ignores what it has seen, so applying twice changes nothing", () => {
    const once = run(base(), sent(11));
    expect(applyItem(once, sent(11), ME)).toBe(once);
    expect(applyItem(once, sent(9), ME)).toBe(once);
  });
  it("stops counting at 100", () => {
    const state = run(base(), ...Array.from({ length: 130 }, (_, n) => sent(11 + n)));
    expect(row(state)?.unread).toBe(100);
  });
  it("replaces a held message by its release, at the place where it appears", () => {
    const released: Item = { position: 14, at: 14, kind: "messaging.released", group: "g1", actor: null, held: 11, message: message(14, { ...mine, at: 11, state: "released" }) };
    const state = run(base(), held(11), sent(12), released);
    expect(positions(state)).toEqual([12, 14]);
    expect(row(state)).toMatchObject({ unread: 1, last: { position: 14 } });
  });
  it("turns a held message into a refused one with the reason, and never shows it as the group's last", () => {
    const refusal: Item = { position: 13, at: 13, kind: "messaging.refused", group: "g1", actor: null, held: 11, clause: null, reason: "金额请走审批" };
    const state = run(base(), held(11), refusal);
    expect(state.timelines["g1"]?.items).toMatchObject([{ position: 11, message: { state: "refused", note: "金额请走审批" } }]);
    expect(row(state)?.last).toBeNull();
  });
  it("gives a person the new name in messages, quotes, acts and the list, and leaves everything else alone", () => {
    const renaming: Item = { position: 20, at: 20, kind: "directory.person_changed", group: null, actor: null, person: { id: OTHER.id, name: "欧阳致远" } };
    const before = run(base(), sent(11, mine), sent(12), sent(13, { ...mine, quote: { position: 12, sender: OTHER, text: "好" } }));
    const after = run(before, renaming);
    const [first, second, third] = after.timelines["g1"]?.items ?? [];
    expect(second).toMatchObject({ actor: { name: "欧阳致远" }, message: { sender: { name: "欧阳致远" } } });
    expect(third).toMatchObject({ message: { sender: mine.sender, quote: { sender: { name: "欧阳致远" } } } });
    expect((first as { message: Message }).message).toBe((before.timelines["g1"]?.items[0] as { message: Message }).message);
    expect(row(after)?.group).toBe(row(before)?.group);
    expect(row(run(before, sent(14), { ...renaming, position: 21 }))?.last).toMatchObject({ message: { sender: { name: "欧阳致远" } } });
  });
  it("passes over kinds it does not know, and goes on behind them", () => {
    const strange = { position: 11, at: 11, kind: "training.started", group: null, actor: null } as unknown as Item;
    const state = run(base(), strange);
    expect(state.position).toBe(11);
    expect(row(state)).toEqual(row(base()));
    expect(row(run(state, sent(12)))?.unread).toBe(1);
  });
});

describe("what is moved aside", () => {
  const by = { by: OTHER, at: 9, reason: "跑题" };
  const moved = (position: number, of: number, on: boolean, mentions: string[] = []): Item =>
    ({ position, at: position, kind: "messaging.moved", group: "g1", actor: OTHER, message: of, on, moved: on ? by : null, sender: OTHER, mentions });
  it("counts no more, and is asked for again when it is back", () => {
    const state = run(base(), sent(11), sent(12), moved(13, 11, true));
    expect(row(state)).toMatchObject({ unread: 1, last: { position: 12 } });
    expect(state.timelines["g1"]?.items[0]).toMatchObject({ message: { moved: by, text: "好" } });
    expect(state.unsure).toEqual([]);
    expect(run(state, moved(14, 11, false)).unsure).toEqual(["g1"]);
  });
  it("leaves to the server which message is the last, and who is called", () => {
    expect(run(base(), sent(11), moved(12, 11, true)).unsure).toEqual(["g1"]);
    expect(run(base(), sent(11, { mentions: [ME] }), sent(12), moved(13, 11, true)).unsure).toEqual(["g1"]);
  });
  it("is said where it is quoted", () => {
    const state = run(base(), sent(11), sent(12, { quote: { position: 11, sender: OTHER, text: "好", moved: false } }), moved(13, 11, true));
    expect(state.timelines["g1"]?.items[1]).toMatchObject({ message: { quote: { moved: true } } });
  });
});

describe("changes", () => {
  const recalled = (position: number, of: number, sender = OTHER): Item =>
    ({ position, at: position, kind: "messaging.recalled", group: "g1", actor: sender, message: of, by: sender, reason: null, thread: null, sender, moved: false });
  const edited = (position: number, of: number, text: string, mentions: string[] = []): Item =>
    ({ position, at: position, kind: "messaging.edited", group: "g1", actor: OTHER, message: of, text, mentions, called: [], spans: [], edited_at: position, state: "delivered", clause: null });
  const messages = (state: ClientState) => state.timelines["g1"]?.items.flatMap((one) => ("message" in one && typeof one.message === "object" ? [one.message] : []));
  const quote = { position: 11, sender: OTHER, text: "好", recalled: false };

  it("leave nothing of a recalled message, nor in a quote of it, and it is unread no more", () => {
    const state = run(base(), sent(11, { spans: [{ start: 0, end: 1 }] }), sent(12, { quote }), recalled(13, 11));
    expect(messages(state)).toMatchObject([
      { text: "", mentions: [], spans: [], quote: null, reactions: [], pinned: false, recalled: { by: OTHER, at: 13 } }, { quote: { text: "", recalled: true } },
    ]);
    expect(row(state)).toMatchObject({ unread: 1, last: { position: 12, message: { quote: { text: "" } } } });
    expect(messages(run(state, edited(14, 11, "又来")))?.[0]).toMatchObject({ text: "" });
  });
  it("count nothing down for my own message or one that I have read, and ask again where I cannot know", () => {
    expect(row(run(base(), sent(11), sent(12, mine), recalled(13, 12, mine.sender)))?.unread).toBe(1);
    expect(row(run(applyRead(run(base(), sent(11)), "g1", 11, ME), sent(12), recalled(13, 11)))?.unread).toBe(1);
    expect(run(base(), sent(11, { mentions: [ME] }), recalled(12, 11)).unsure).toEqual(["g1"]);
    expect(run(base(), sent(11), recalled(12, 11)).unsure).toEqual([]);
  });
  it("show the new text in the message and where it is quoted, and whom it calls", () => {
    const state = run(base(), sent(11), sent(12, { quote }), edited(13, 11, "很好", [ME]));
    expect(messages(state)).toMatchObject([{ text: "很好", edited_at: 13, mentions: [ME] }, { quote: { text: "很好" } }]);
    expect(row(state)).toMatchObject({ unread: 2, mentioned: true });
    expect(run(state, edited(14, 11, "好吧")).unsure).toEqual(["g1"]);
  });
  it("count the replies at the first message of a thread, with the first three people", () => {
    const by = (id: string) => ({ thread: 11, sender: { id, name: id } });
    const state = run(base(), sent(11), ...["a", "b", "a", "c", "d"].map((id, n) => sent(12 + n, by(id))), recalled(17, 12));
    expect(messages(state)?.[0]?.replies).toEqual({ count: 5, last_at: 16, people: ["a", "b", "c"].map((id) => ({ id, name: id })) });
  });
  it("mark the newest message that I was asked to read, until it is read or goes", () => {
    const reminded = (position: number, of: number): Item => ({ position, at: position, kind: "messaging.reminded", group: "g1", actor: OTHER, message: of });
    const state = run(base(), sent(11), sent(12), sent(13), reminded(14, 12), reminded(15, 11));
    expect(row(state)).toMatchObject({ unread: 3, reminded: 12 });
    expect([row(applyRead(state, "g1", 11, ME))?.reminded, row(applyRead(state, "g1", 12, ME))?.reminded, row(applyRead(state, "g1", 13, ME))?.reminded]).toEqual([12, null, null]);
    expect(row(run(applyRead(state, "g1", 12, ME), reminded(16, 12)))?.reminded).toBeNull();
    expect(run(state, recalled(16, 12)).unsure).toEqual(["g1"]);
  });
  it("call me with everybody", () => {
    expect(row(run(base(), sent(11, { mentions: ["all"] })))?.mentioned).toBe(true);
  });
});

describe("reading", () => {
  const three = run(base(), sent(11), sent(12, { mentions: [ME] }), sent(13));
  it("to the end clears the count", () => {
    expect(row(applyRead(three, "g1", 13, ME))).toMatchObject({ read: 13, unread: 0, mentioned: false });
  });
  it("half way leaves what is beyond, and never goes back", () => {
    const half = applyRead(three, "g1", 12, ME);
    expect(row(half)).toMatchObject({ read: 12, unread: 1, mentioned: false });
    expect(applyRead(half, "g1", 11, ME)).toBe(half);
  });
  it("counts nothing that was moved aside beyond it", () => {
    const by = { by: OTHER, at: 13, reason: "跑题" };
    const state = run(base(), sent(11), sent(12), sent(13), sent(14), { position: 15, at: 15, kind: "messaging.moved", group: "g1", actor: OTHER, message: 13, on: true, moved: by, sender: OTHER, mentions: [] });
    expect(row(state)?.unread).toBe(3);
    expect(row(applyRead(state, "g1", 11, ME))?.unread).toBe(2);
  });
  it("asks where older messages beyond it are not at hand", () => {
    const shown = three.timelines["g1"]?.items ?? [];
    const some: ClientState = { ...three, conversations: { g1: { ...row(three)!, read: 5, unread: 9 } }, timelines: { g1: { items: shown, more: true } } };
    expect(applyRead(some, "g1", 7, ME).unsure).toEqual(["g1"]);
    const known = applyRead(some, "g1", 12, ME);
    expect([row(known)?.unread, known.unsure]).toEqual([1, []]);
  });
});

describe("membership", () => {
  const change = (position: number, person: string, state: string, by: Partial<GroupCard> | null = {}): Item => ({
    position, at: position, kind: "groups.member_changed", group: "g1", actor: OTHER, person: { id: person, name: "某人" }, state, role: "member", reason: null,
    members: by?.members ?? 3, card: by === null ? null : { ...card(), ...by },
  }) as Item;
  it("of another changes the count and leaves a line without the card", () => {
    const state = run(base(), change(11, "p9", "active", { members: 4 }));
    expect(row(state)?.group.members).toBe(4);
    expect(state.timelines["g1"]?.items).toMatchObject([{ position: 11, card: null, members: null }]);
  });
  it("of whom I am not told changes the cards of all groups that it concerns, and no timeline", () => {
    const other = { ...card(), id: "g2" };
    const two = fromSnapshot({ position: 10, conversations: [card(), other].map((group) => ({ group: { ...group, outside: true }, last: null, unread: 2, mentioned: false, reminded: null, read: 10, begun: true, ...PLAIN })) }, { g1: { items: [], more: false } }, EMPTY.todo);
    const state = run(two, { position: 11, at: 11, kind: "groups.roster_changed", group: null, actor: null, cards: [card(), other].map((one) => ({ ...one, outside: false, members: 2 })) } as Item);
    expect(["g1", "g2"].map((id) => state.conversations[id])).toMatchObject([1, 2].map(() => ({ unread: 2, group: { outside: false, members: 2 } })));
    expect(state.timelines["g1"]?.items).toEqual([]);
  });
  it("of mine, ended, takes the group and its messages away", () => {
    const state = run(base(), sent(11), change(12, ME, "removed", { me: null }));
    expect(state.conversations).toEqual({});
    expect(state.timelines).toEqual({});
  });
  it("asks for the rules again: nothing of the chat stays", () => {
    const rules: Item = { position: 12, at: 12, kind: "groups.rules_published", group: "g1", actor: OTHER, version: 2, text: "一、……", card: card("must_sign") };
    const state = run(base(), sent(11, { mentions: [ME] }), rules);
    expect(row(state)).toMatchObject({ last: null, unread: 0, mentioned: false, group: { me: { state: "must_sign" } } });
    expect(state.timelines["g1"]).toBeUndefined();
    expect(state.unsure).toEqual([]);
  });
  it("after signing, the row is read again and later items count from there", () => {
    const signed = run(fromSnapshot({ position: 10, conversations: [{ group: card("must_sign"), last: null, unread: 0, mentioned: false, reminded: null, read: 3, begun: true, ...PLAIN }] }, {}, EMPTY.todo), change(11, ME, "active"));
    expect(signed.unsure).toEqual(["g1"]);
    const late = run(signed, sent(12));
    expect(withRows(late, { position: 11, conversations: [] })).toBe(late);
    const fresh = { group: card(), last: sent(12), unread: 5, mentioned: false, reminded: null, read: 3, begun: true, ...PLAIN };
    const settled = withRows(late, { position: 13, conversations: [fresh] });
    expect(settled.unsure).toEqual([]);
    expect(row(run(settled, sent(13)))?.unread).toBe(5);
    expect(row(run(settled, sent(14)))?.unread).toBe(6);
  });
  it("leaving, asked for, keeps the timeline", () => {
    const state = run(base(), sent(11), change(12, ME, "leaving_requested", { me: { role: "member", state: "leaving_requested" } }));
    expect(positions(state)).toEqual([11, 12]);
    expect(row(state)?.group.me?.state).toBe("leaving_requested");
  });
  it("a new group comes with its first line", () => {
    const registered: Item = { position: 11, at: 11, kind: "groups.registered", group: "g1", actor: OTHER, card: card() };
    const state = run({ ...EMPTY, position: 10 }, registered, sent(12));
    expect(positions(state)).toEqual([11, 12]);
    expect(row(state)).toMatchObject({ unread: 1, last: { position: 12 } });
  });
});

describe("a direct conversation", () => {
  const peer = (id: string): GroupCard => ({ ...card("active", 2), kind: "direct", peer: { id, name: "某人" } });
  const opened = (by: typeof OTHER, with_: string): Item => ({ position: 11, at: 11, kind: "groups.direct_opened", group: "g1", actor: by, card: peer(with_) });
  const listed = (state: ClientState): number => ordered(state.conversations).length;
  const none = { ...EMPTY, position: 10 };
  it("that the other one opened is listed from the first message on, or while I have it open", () => {
    const state = run(none, opened(OTHER, OTHER.id));
    expect([row(state)?.begun, listed(state), ordered(state.conversations, (id) => id === "g1").length]).toEqual([false, 0, 1]);
    expect(listed(run(state, sent(12)))).toBe(1);
    expect(listed(run(state, held(12)))).toBe(1);
  });
  it("that I opened is listed at once", () => {
    expect(listed(run(none, opened(mine.sender, OTHER.id)))).toBe(1);
  });
});

describe("the comparison itself", () => {
  const snapshot = { position: 10, conversations: [{ group: card(), last: null, unread: 0, mentioned: false, reminded: null, read: 10, begun: true, ...PLAIN }], timelines: { g1: [] }, todo: { approvals: 0 } };
  const fresh = { position: 11, conversations: [{ group: card(), last: sent(11), unread: 1, mentioned: false, reminded: null, read: 10, begun: true, ...PLAIN }], timelines: { g1: [sent(11)] }, todo: { approvals: 0 } };
  it("finds nothing where all is equal", () => {
    expect(compare({ me: ME, snapshot, items: [sent(11)], fresh })).toEqual({ differences: [], compared: 4 });
  });
  it("finds a wrong count, a missing item and a missing group", () => {
    expect(compare({ me: ME, snapshot, items: [], fresh }).differences.length).toBeGreaterThan(1);
    const wrong = { ...fresh, conversations: fresh.conversations.map((one) => ({ ...one, unread: 2 })) };
    expect(compare({ me: ME, snapshot, items: [sent(11)], fresh: wrong }).differences).toEqual(["conversations.g1.unread: reducer 1, fresh 2"]);
    expect(compare({ me: ME, snapshot, items: [sent(11)], fresh: { ...fresh, todo: { approvals: 1 } } }).differences).toEqual(["todo.approvals: reducer 0, fresh 1", "kept at 10: todo.approvals: reducer 0, fresh 1"]);
    const changed = { ...fresh, timelines: { g1: [sent(11), sent(12)] } };
    expect(compare({ me: ME, snapshot, items: [sent(11)], fresh: changed }).differences).toEqual([expect.stringMatching(/^timelines.g1.1: /), expect.stringMatching(/^kept at 10: timelines.g1.1: /)]);
    expect(compare({ me: ME, snapshot, items: [sent(11)], fresh: { ...fresh, conversations: [] } }).differences.length).toBeGreaterThan(0);
  });
});
