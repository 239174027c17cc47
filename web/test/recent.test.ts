import { beforeEach, expect, it } from "vitest";
import type { Item, MessageItem } from "../src/api/types.ts";
import { beginAt, caughtUp, inOrder, inTurn, readWith, remember, since } from "../src/live/recent.ts";
import { fromPage, withOlder } from "../src/live/thread.ts";

const message = (position: number, text = "早", thread: number | null = null): MessageItem => ({
  position, at: position * 1000, kind: "messaging.sent", group: "g", number: position, actor: null,
  message: { position, number: position, sender: { id: "p1", name: "p1" }, at: position * 1000, text, mentions: [], state: "delivered", spans: [], thread },
});
const edited = (position: number, of: number): Item => ({
  position, at: 1, kind: "messaging.edited", group: "g", actor: { id: "p1", name: "p1" }, message: of, text: "改", mentions: [], called: [], spans: [], edited_at: 1, state: "delivered", clause: null,
});
const positions = (items: readonly Item[] | null): number[] | null => items?.map((one) => one.position) ?? null;

beforeEach(() => beginAt(10));

it("knows what came after a position, and where it does not", () => {
  remember([message(11), message(12)]);
  expect([9, 10, 11, 12].map((one) => positions(since(one)))).toEqual([null, [11, 12], [12], []]);
  remember(Array.from({ length: 399 }, (_, n) => message(13 + n)));
  expect([since(10), since(11)?.length]).toEqual([null, 400]);
  beginAt(500);
  expect([since(411), since(500)]).toEqual([null, []]);
});
it("reads once more where some of what came meanwhile is not at hand", async () => {
  const answers = [{ position: 8 }, { position: 11 }];
  remember([message(11), message(12)]);
  const [found, later] = await readWith(() => Promise.resolve(answers.shift() ?? { position: -1 }));
  expect([found.position, positions(later)]).toEqual([11, [12]]);
});
it("gives up where the server stays behind what came", async () => {
  let asked = 0;
  const [found, later] = await readWith(() => Promise.resolve({ position: 3, asked: ++asked }));
  expect([found.asked, later]).toEqual([5, []]);
});
it("brings a page up to date, with changes of what it holds", () => {
  const items = caughtUp([message(3), message(4)], "g", [edited(11, 3), { ...message(12), group: "h" }, message(13)]);
  expect(items.map((one) => [one.position, (one as MessageItem).message.text])).toEqual([[3, "改"], [4, "早"], [13, "早"]]);
});
it("brings an older page of a thread up to date, without what is said elsewhere", () => {
  const root = message(1);
  const thread = fromPage({ root, items: [message(6, "二", 1)], more: true, position: 12 });
  const page = { root, items: [message(3, "一", 1)], more: false, position: 10 };
  const { items } = withOlder(thread, page, [edited(11, 3), message(12, "别处")]);
  expect(items.map((one) => [one.position, one.message.text])).toEqual([[3, "改"], [6, "二"]]);
});
it("turns away what is older than what was let in before, for each by itself", () => {
  const isNewer = inOrder();
  expect([isNewer("g", 5), isNewer("g", 4), isNewer("h", 4), isNewer("g", 5), isNewer("g", 6)]).toEqual([true, false, true, true, true]);
});
it("turns away an answer that a later question has overtaken, and none because a later one failed", async () => {
  const next = inTurn();
  const asked: { done: (value: string) => void; fail: (error: Error) => void }[] = [];
  const ask = (): Promise<string | null> => next(() => new Promise<string>((done, fail) => asked.push({ done, fail })));
  const [first, second, third] = [ask(), ask(), ask()];
  asked[2]?.fail(new Error("away"));
  await expect(third).rejects.toThrow("away");
  asked[1]?.done("second");
  asked[0]?.done("first");
  expect([await first, await second]).toEqual([null, "second"]);
});
