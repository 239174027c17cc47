import { expect, it } from "vitest";
import { isQuiet, least } from "../src/live/told.ts";

it("the one that says less counts, whoever wants it", () => {
  expect([least("text", "sender"), least("none", "text"), least("off", "none"), least("sender", "sender")]).toEqual(["sender", "none", "off", "sender"]);
});
it.each([
  [22, 7, 23, true], [22, 7, 6, true], [22, 7, 7, false], [22, 7, 12, false], [9, 12, 9, true], [9, 12, 12, false], [9, 9, 9, false],
])("quiet from %i to %i: at %i %s", (from, until, hour, quiet) => {
  expect(isQuiet({ told: "text", quiet_from: from * 60, quiet_until: until * 60 }, hour * 60)).toBe(quiet);
});
it("without a quiet time there is none", () => {
  expect(isQuiet({ told: "text", quiet_from: null, quiet_until: null }, 0)).toBe(false);
});
