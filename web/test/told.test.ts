import { expect, it } from "vitest";
import type { Item } from "../src/api/types.ts";
import { disturbs, least, newsIn, newsOf } from "../src/live/told.ts";

it("the one that says less counts, whoever wants it", () => {
  expect([least("text", "sender"), least("none", "text"), least("off", "none"), least("sender", "sender")]).toEqual(["sender", "none", "off", "sender"]);
});
it.each([
  ["a plain one", {}, false, "unless-resting"],
  ["a plain one where I muted", {}, true, "never"],
  ["one that mentions me where I muted", { mentions: ["me"] }, true, "unless-resting"],
  ["one that mentions all", { mentions: ["all"] }, true, "unless-resting"],
  ["a silent one, though it mentions me", { silent: true, mentions: ["me"] }, false, "never"],
  ["an urgent one that calls everybody", { urgent: true }, true, "always"],
  ["an urgent one that calls me", { urgent: true, mentions: ["me"] }, false, "always"],
  ["an urgent one that calls others", { urgent: true, mentions: ["you"] }, false, "unless-resting"],
] as const)("%s disturbs me so", (_, by, muted, expected) => {
  expect(disturbs({ mentions: [], ...by } as Parameters<typeof disturbs>[0], "me", muted)).toBe(expected);
});

const ALIKE = { position: 9, at: 9, group: "g", actor: { id: "you", name: "您" } };
const edited = (called: string[], by = "you"): Item => ({
  ...ALIKE, actor: { id: by, name: "您" }, kind: "messaging.edited", message: 4, text: "请看", mentions: ["me"], called, spans: [], edited_at: 9, state: "delivered", clause: null,
});
it("an edit is news to whom it calls, of the message where that appears", () => {
  expect(newsOf(edited(["me"]), "me")).toMatchObject({ group: "g", at: 9, position: 4, from: { id: "you" }, text: "请看" });
  expect(newsOf(edited(["all"]), "me")?.position).toBe(4);
  expect([edited([]), edited(["them"]), edited(["me"], "me")].map((one) => newsOf(one, "me"))).toEqual([null, null, null]);
});
it("it disturbs like a message that mentions me", () => {
  const news = newsOf(edited(["me"]), "me");
  expect(news && disturbs(news.calling, "me", true)).toBe("unless-resting");
});
it("a message is news to all but its author, and nothing else is any", () => {
  const sent = { ...ALIKE, kind: "messaging.sent", message: { position: 9, sender: { id: "you", name: "您" }, text: "好", mentions: [] } } as unknown as Item;
  expect(newsOf(sent, "me")).toMatchObject({ group: "g", at: 9, position: 9, text: "好" });
  expect(newsOf(sent, "you")).toBeNull();
  expect(newsOf({ ...ALIKE, kind: "messaging.pinned", message: 4, on: true } as unknown as Item, "me")).toBeNull();
});

it("a reminder is news of the message, which ends when that is read or taken back", () => {
  const reminder = { ...ALIKE, kind: "messaging.reminded", message: 4 } as unknown as Item;
  const news = newsOf(reminder, "me");
  expect(news).toMatchObject({ group: "g", at: 4, position: 4, from: { id: "you" }, reminds: true });
  expect(news && disturbs(news.calling, "me", true)).toBe("unless-resting");
  expect(newsIn([reminder, { ...ALIKE, kind: "messaging.recalled", message: 4 } as unknown as Item], "me")).toEqual([]);
});

it("what came together is told as it is after all of it", () => {
  const sent = { ...ALIKE, position: 4, kind: "messaging.sent", message: { position: 4, sender: { id: "you", name: "您" }, text: "旧", mentions: [] } } as unknown as Item;
  const change = (kind: string, more: object): Item => ({ ...ALIKE, kind, message: 4, ...more }) as unknown as Item;
  const texts = (...items: Item[]): string[] => newsIn(items, "me").map((one) => one.text);
  const recalled = change("messaging.recalled", {});
  const [aside, back] = [true, false].map((on) => change("messaging.moved", { on })) as [Item, Item];
  const [other, nobody] = [change("messaging.edited", { text: "改", mentions: ["me"], called: [] }), change("messaging.edited", { text: "没点人", mentions: [], called: [] })];
  expect([texts(sent), texts(sent, other), texts(sent, nobody)]).toEqual([["旧"], ["改"], ["没点人"]]);
  expect([texts(sent, recalled), texts(sent, aside), texts(sent, aside, back)]).toEqual([[], [], ["旧"]]);
  expect([texts(edited(["me"]), other), texts(edited(["me"]), nobody), texts(edited(["me"]), nobody, other), texts(edited(["me"]), recalled)]).toEqual([["改"], [], ["改"], []]);
  expect(texts(sent, change("messaging.recalled", { message: 5 }))).toEqual(["旧"]);
  const elsewhere = change("messaging.reminded", { group: "h", message: 2 });
  expect(newsIn([sent, elsewhere], "me").map((one) => [one.group, one.position, one.reminds])).toEqual([["g", 4, undefined], ["h", 2, true]]);
  expect(newsIn([sent, recalled, elsewhere], "me")).toHaveLength(1);
});
