import { describe, expect, it } from "vitest";
import { snippet } from "../src/console/search/snippet.ts";

const shown = (text: string, spans: { start: number; end: number }[]): string => snippet(text, spans).map((one) => (one.mark ? `[${one.text}]` : one.text)).join("");

describe("the part of a message around what was looked for", () => {
  it("leaves a short text whole", () => expect(shown("检修计划已发", [{ start: 0, end: 2 }])).toBe("[检修]计划已发"));
  it("shortens a long one at both ends and keeps its marks", () => {
    const text = `${"甲".repeat(300)}检修${"乙".repeat(300)}`;
    const found = shown(text, [{ start: 300, end: 302 }]);
    expect(found.startsWith("…甲") && found.endsWith("乙…") && found.includes("甲[检修]乙")).toBe(true);
    expect(Array.from(found).length).toBeLessThan(170);
  });
  it("counts code points", () => expect(shown("😀😀检修", [{ start: 2, end: 4 }])).toBe("😀😀[检修]"));
  it("shows the end of a text whose mark is near it", () => expect(shown(`${"甲".repeat(300)}检修`, [{ start: 300, end: 302 }]).endsWith("甲[检修]")).toBe(true));
});
