import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Conversation, Item, MessageItem, ServerFrame } from "../src/api/types.ts";
import { Line } from "./line.ts";

vi.mock("../src/live/cupboard.ts", () => ({ hangs: () => false, within: async () => null }));

/** A server whose answers come when the test says so. */
let asked: { path: string; method: string; give: (body: unknown, status?: number) => void }[] = [];
const group = (id: string): Conversation["group"] => ({ id, name: id, short_name: id, kind: "internal", state: "active", level: "normal", me: { role: "member", state: "active" }, members: 3, topics: [], hours: [], publishing: null }) as never;
const row = (id: string, read: number, more: Partial<Conversation> = {}): Conversation => ({ group: group(id), last: message(9, id), unread: 9 - read, mentioned: false, reminded: null, read, begun: true, pinned: false, muted: false, marked_unread: false, ...more });
const message = (position: number, of = "g", text = "早"): MessageItem => ({
  position, at: position, kind: "messaging.sent", group: of, number: position, actor: null,
  message: { position, number: position, sender: { id: "p2", name: "p2" }, at: position, text, mentions: [], state: "delivered", spans: [], thread: null },
});
const me = (person = "p1") => ({ person: { id: person, name: person }, roles: [], capabilities: [], todo: { approvals: 0, reviews: 0, notices: 0, answers: 0, questions: 0 }, prereviews: [], position: 10 });
const first = (position: number, rows: Conversation[], person = "p1") => ({ position, conversations: rows, me: me(person), device: { epoch: "e", groups: {}, notifications: { told: "none" }, push_key: null } });
const welcome = (position: number, mode: "resume" | "snapshot" = "resume", person = "p1"): ServerFrame => ({ type: "welcome", person, position, after: position, mode, head: { size: position + 1 } });
const facts = (after: number, ...items: Item[]): ServerFrame => ({ type: "facts", after, position: items.at(-1)?.position ?? after, items });
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
const open = (path: string): (typeof asked)[number] => {
  const found = asked.find((one) => one.path === path);
  if (!found) throw new Error(`${path} was not asked for: ${asked.map((one) => one.path).join(" ")}`);
  asked = asked.filter((one) => one !== found);
  return found;
};
const give = async (path: string, body: unknown, status = 200): Promise<void> => {
  open(path).give(body, status);
  await settle();
};

type Store = typeof import("../src/live/store.ts");
let store: Store;
let ends: boolean[];
let lost: number[];
/** A page that has begun at position 10. */
async function page(...rows: Conversation[]): Promise<void> {
  vi.resetModules();
  asked = [];
  [ends, lost] = [[], []];
  store = await import("../src/live/store.ts");
  store.whenSessionEnds((other, unsent) => void (ends.push(other), lost.push(unsent)));
  const mine = store.loadMe();
  await settle();
  await give("/start", first(10, rows));
  await mine;
  await store.start();
  Line.last.onopen?.();
  Line.last.hear(welcome(10));
}
const rowOf = (id: string) => store.state.value.conversations[id];
const texts = (id: string): number[] | undefined => store.state.value.timelines[id]?.items.map((one) => one.position);

beforeEach(() => {
  vi.stubGlobal("WebSocket", Line);
  vi.stubGlobal("location", { protocol: "http:", host: "example.test" });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("navigator", { language: "zh-CN" });
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
  vi.stubGlobal("document", { documentElement: { lang: "" }, visibilityState: "visible", createElement: () => ({ content: {} }) });
  vi.stubGlobal("BroadcastChannel", undefined);
  vi.stubGlobal("fetch", (path: string, init: RequestInit) =>
    new Promise<Response>((done) => asked.push({ path: path.slice(4), method: init.method ?? "GET", give: (body, status = 200) => done(new Response(status === 204 ? null : JSON.stringify(body), { status })) })));
});

describe("what is read while things go on", () => {
  it("takes no first answer that lacks what came before the socket went on", async () => {
    await page(row("g", 9));
    Line.last.hear(welcome(20, "snapshot"));
    await settle();
    // The line breaks while all of it is read again, and goes on further ahead.
    Line.last.hear(welcome(40, "snapshot"));
    await give("/start", first(25, [row("g", 9)]));
    await give("/start", first(41, [row("g", 9, { last: message(41) })]));
    expect([store.state.value.position, rowOf("g")?.last?.position]).toEqual([41, 41]);
    Line.last.hear(facts(40, message(42)));
    expect(rowOf("g")?.last?.position).toBe(42);
  });

  it("begins anew where the ledger was set back, counts and all", async () => {
    await page(row("g", 5));
    store.markRead("g", 9);
    Line.last.hear(welcome(5, "snapshot"));
    await settle();
    const back = first(5, [row("g", 4, { last: message(5), unread: 1 })]);
    await give("/start", { ...back, me: { ...back.me, todo: { ...back.me.todo, answers: 1, questions: 2 } } });
    expect([store.state.value.position, rowOf("g")?.unread, store.toAnswer.value, store.toQuestion.value, store.resyncs.value]).toEqual([5, 1, 1, 2, 1]);
    // What comes after is neither taken for known nor for overtaken.
    Line.last.hear(facts(5, message(6)));
    expect([rowOf("g")?.last?.position, rowOf("g")?.unread]).toEqual([6, 2]);
    const { count } = await import("../src/live/counts.ts");
    const counted = count();
    await give("/me", { ...me(), position: 7, todo: { ...me().todo, answers: 4 } });
    await counted;
    expect(store.toAnswer.value).toBe(4);
  });

  it("keeps how far I have read, and how a row is shown, while the rows are read again", async () => {
    await page(row("g", 5), row("h", 5));
    const item: Item = { position: 11, at: 11, kind: "messaging.edited", group: "g", actor: { id: "p2", name: "p2" }, message: 9, text: "改", mentions: [], called: [], spans: [], edited_at: 11, state: "delivered", clause: null };
    store.state.value = { ...store.state.value, unsure: ["g", "h"] };
    Line.last.hear(facts(10, item));
    store.markRead("g", 9);
    Line.last.hear({ type: "settings", group: "h", pinned: true, muted: false, marked_unread: false });
    await give("/conversations", { position: 12, conversations: [row("g", 5), row("h", 5)] });
    expect([rowOf("g")?.read, rowOf("g")?.unread, rowOf("h")?.pinned]).toEqual([9, 0, true]);
  });

  it("puts no older page before a timeline that was read anew meanwhile", async () => {
    await page(row("g", 9));
    const { loadOlder, openTimeline } = await import("../src/live/timelines.ts");
    void openTimeline("g");
    await give("/groups/g/messages?limit=60", { items: [message(8), message(9)], more: true, position: 10 });
    void loadOlder("g");
    const older = open("/groups/g/messages?before=8&limit=60");
    store.state.value = { ...store.state.value, timelines: { g: { items: [message(80), message(81)], more: true } } };
    older.give({ items: [message(6), message(7)], more: true, position: 10 });
    await settle();
    expect(texts("g")).toEqual([80, 81]);
  });

  it("keeps no timeline of a group that I was taken out of while it was read", async () => {
    await page(row("g", 9));
    const { openTimeline } = await import("../src/live/timelines.ts");
    void openTimeline("g");
    Line.last.hear(facts(10, { position: 11, at: 11, kind: "groups.member_changed", group: "g", actor: null, person: { id: "p1", name: "p1" }, role: "member", state: "removed", reason: null, card: null, members: null } as never));
    await give("/groups/g/messages?limit=60", { items: [message(9)], more: false, position: 10 });
    expect(texts("g")).toBeUndefined();
  });

  it("tells once more how far I have read when the line comes back, until the server has heard of it", async () => {
    await page(row("g", 5), row("h", 5));
    store.markRead("g", 9);
    Line.last.hear(welcome(10));
    const told = (): unknown[] => Line.last.said.filter((one) => one["type"] === "read").map((one) => one["group"]);
    expect(told()).toEqual(["g", "g"]);
    Line.last.hear({ type: "pong", n: Date.now() });
    Line.last.hear(welcome(10));
    expect(told()).toEqual(["g", "g"]);
    Line.last.readyState = 3;
    store.markRead("h", 9);
    Line.last.readyState = 1;
    Line.last.hear(welcome(10));
    expect(told()).toEqual(["g", "g", "h"]);
  });

  it("lets the newer of two counts stand, whichever answer comes last", async () => {
    await page();
    const { count } = await import("../src/live/counts.ts");
    void count();
    void count();
    const [older, newer] = [open("/me"), open("/me")];
    newer.give({ ...me(), position: 12, todo: { ...me().todo, answers: 2 } });
    older.give({ ...me(), position: 11, todo: { ...me().todo, answers: 1 } });
    await settle();
    expect(store.toAnswer.value).toBe(2);
  });
});

describe("answers that messages ask for", () => {
  const summary = (message: number, answered: number, state = "open") => ({ message, state, people: 1, answered, late: 0, due_at: 99 });
  const list = (position: number, ...requests: unknown[]) => ({ requests, figures: null, members: null, position });
  const recalled = (position: number, of: string, sender: string): Item => ({
    position, at: position, kind: "messaging.recalled", group: of, number: position, actor: null, message: 9, by: null, reason: null, thread: null, sender: { id: sender, name: sender }, moved: false,
  });

  it("are read again when what may be one is recalled where any are waited for", async () => {
    await page(row("g", 9), row("h", 9));
    const answers = await import("../src/live/answers.ts");
    for (const [of, state] of [["g", "open"], ["h", "withdrawn"]] as const) {
      const loading = answers.loadAnswers(of);
      await give(`/groups/${of}/answers`, list(10, summary(5, 1, state)));
      await loading;
    }
    const moved = answers.answersMoved.value;
    Line.last.hear(facts(10, recalled(11, "h", "p2"), recalled(12, "g", "p2")));
    await settle();
    await give("/me", { ...me(), position: 12 });
    await give("/groups/g/answers", list(12, summary(5, 0)));
    await settle();
    expect([answers.asks.value["g"]?.[5]?.answered, answers.answersMoved.value]).toEqual([0, moved + 1]);
    expect(asked.filter((one) => one.path.endsWith("/answers"))).toEqual([]);
  });

  it("are counted again when a message of mine is recalled wherever it was", async () => {
    await page(row("g", 9));
    await import("../src/live/answers.ts");
    Line.last.hear(facts(10, recalled(11, "g", "p2")));
    await settle();
    expect(asked.map((one) => one.path)).not.toContain("/me");
    Line.last.hear(facts(11, recalled(12, "g", "p1")));
    await settle();
    await give("/me", { ...me(), position: 12, todo: { ...me().todo, answers: 3 } });
    expect(store.toAnswer.value).toBe(3);
  });
});

describe("what waits of mine, and what was refused of my bots", () => {
  const plain = { group: null, number: null, actor: null };
  const asksAgain = async (answer: object): Promise<void> => {
    await vi.waitFor(() => expect(asked.map((one) => one.path)).toContain("/me"), 2000);
    await give("/me", { ...me(), ...answer });
  };

  it("is read when I am told, and again when a verdict may have changed it", async () => {
    await page(row("g", 9));
    const refusal = { position: 11, group: "g", bot: { id: "bot_1", name: "告警" }, at: 11, reason: "涉密", count: 1, needed: 3 };
    Line.last.hear(facts(10, { position: 11, at: 11, kind: "messaging.bot_refused", bot: "bot_1", ...plain } as Item));
    await asksAgain({ position: 11, bot_refusals: [refusal] });
    expect(store.me.value?.bot_refusals).toEqual([refusal]);
    Line.last.hear(facts(11, { ...message(12), kind: "messaging.released", held: 8 } as Item));
    await asksAgain({ position: 12, bot_refusals: [] });
    expect(store.me.value?.bot_refusals).toEqual([]);
  });

  it("is read again when my bots change while I am under pre-review, and not otherwise", async () => {
    await page(row("g", 9));
    const { changesMine } = await import("../src/live/counts.ts");
    const bot = { position: 11, at: 11, kind: "bots.changed", bot: "bot_1", number: 1, actor: null, group: "g" } as Item;
    const released = { ...message(12), kind: "messaging.released", held: 8 } as Item;
    expect([bot, released].map(changesMine)).toEqual([false, false]);
    store.me.value = { ...store.me.value!, prereviews: [{ group: "g", until: 99, bots: false }] };
    expect([bot, released].map(changesMine)).toEqual([true, false]);
    Line.last.hear(facts(10, bot));
    await asksAgain({ position: 11, prereviews: [{ group: "g", until: 99, bots: true }] });
    expect(store.me.value.prereviews[0]?.bots).toBe(true);
  });
});

describe("a server whose database is away", () => {
  it("sends what it said again under the same key, once for all that wait, until it is answered", async () => {
    await page(row("g", 9));
    vi.useFakeTimers();
    const outbox = (await import("../src/live/outbox.ts")).outbox;
    const keys = ["一", "二"].map((text) => store.sendMessage("g", text, [], null));
    for (const code of ["kernel.database_unavailable", "kernel.outcome_unknown"]) {
      Line.last.said = [];
      for (const cmid of keys) Line.last.hear({ type: "error", code, message: "", data: { cmid, retry_after: 1 } });
      expect([Line.last.said, outbox.value.map((one) => one.state)]).toEqual([[], ["waiting", "waiting"]]);
      vi.advanceTimersByTime(4000);
      expect(Line.last.said.map((one) => one["cmid"])).toEqual(keys);
    }
    Line.last.hear({ type: "error", code: "messaging.flood", message: "", data: { cmid: keys[0] as string } });
    expect(outbox.value.map((one) => one.state)).toEqual(["failed", "waiting"]);
    vi.useRealTimers();
  });
});

describe("one person after the other", () => {
  it("sends nothing, and shows nothing more, once the socket speaks with another person", async () => {
    await page(row("g", 9));
    store.sendMessage("g", "写给我的组", [], null);
    Line.last.said = [];
    Line.last.hear(welcome(12, "resume", "p9"));
    await settle();
    expect([ends, store.me.value, Line.last.said]).toEqual([[true], null, []]);
  });

  it("says how many unsent messages go with a session that ends by itself", async () => {
    await page(row("g", 9));
    store.sendMessage("g", "不许留在设备上", [], null);
    store.sendMessage("g", "已经记下", [], null);
    Line.last.hear({ type: "receipt", cmid: String(Line.last.said.at(-1)?.["cmid"]), position: 11, state: "delivered", findings: [], clause: null } as never);
    Line.last.onclose?.({ code: 4401 });
    await settle();
    expect([ends, lost]).toEqual([[false], [1]]);
  });

  it("takes over no answer that is another person's", async () => {
    await page(row("g", 9));
    Line.last.hear(welcome(20, "snapshot"));
    await give("/start", first(21, [row("x", 1)], "p9"));
    expect([ends, Object.keys(store.state.value.conversations)]).toEqual([[true], []]);
  });

  it("gives up what waits although the end of the session was told first", async () => {
    await page(row("g", 9));
    let done = (): void => undefined;
    const out = store.signOut(false, () => new Promise((end) => (done = end)));
    await settle();
    Line.last.onclose?.({ code: 4401 });
    await settle();
    expect([ends, store.myId()]).toEqual([[], "p1"]);
    done();
    await out;
    expect([ends, store.me.value]).toEqual([[], null]);
  });
});
