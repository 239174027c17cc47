import { describe, expect, it } from "vitest";
import type { Item, MessageItem } from "../src/api/types.ts";
import { exchangeIn } from "../src/chat/audience/turns.ts";

const NOW = 1_800_000_000_000;
const said = (position: number, id: string, change: object = {}): Item =>
  ({ position, kind: "messaging.sent", group: "g", message: { position, sender: { id, name: id }, at: NOW - (1000 - position) * 1000, text: "x", ...change } }) as unknown as MessageItem;
const told = (...who: string[]): Item[] => who.map((id, n) => said(990 + n, id));

describe("an exchange between two", () => {
  it("counts how often the word passes, not messages", () => {
    expect(exchangeIn(told("me", "me", "a", "a", "me", "a"), "me", 30, NOW)).toEqual({ other: { id: "a", name: "a" }, turns: 4, first: 990 });
  });
  it("begins after the last word of anybody else", () => {
    expect(exchangeIn(told("a", "me", "b", "me", "a"), "me", 30, NOW)).toMatchObject({ turns: 2, first: 993 });
    expect(exchangeIn(told("a", "b", "a", "b"), "me", 30, NOW)).toMatchObject({ other: { id: "b" }, turns: 1 });
  });
  it("is none of one's own alone, nor of a bot", () => {
    expect(exchangeIn(told("me", "me"), "me", 30, NOW)).toBeNull();
    expect(exchangeIn([said(998, "k", { sender: { id: "k", name: "k", bot: { id: "p", name: "p" } } }), said(999, "me")], "me", 30, NOW)).toBeNull();
  });
  it("leaves out threads, other events and what was long ago", () => {
    const items = [said(10, "a"), said(990, "me"), said(991, "b", { thread: 5 }), { position: 992, kind: "groups.member_changed" } as unknown as Item, said(993, "a")];
    expect(exchangeIn(items, "me", 10, NOW)).toMatchObject({ turns: 2, first: 990 });
  });
});
