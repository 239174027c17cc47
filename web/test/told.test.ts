import { expect, it } from "vitest";
import { disturbs, least } from "../src/live/told.ts";

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
