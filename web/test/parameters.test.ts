import { describe, expect, it, vi } from "vitest";
import "vue";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("document", { documentElement: { lang: "" } });

const { wordsOf } = await import("../src/console/policy/parameters.ts");

describe("the parameters of a control", () => {
  it("say what an empty one means", () => {
    expect([wordsOf("classes", []), wordsOf("when", ""), wordsOf("types", []), wordsOf("posts", [])]).toEqual(["不限", "不限", "不限", "不限"]);
    expect([wordsOf("unread", []), wordsOf("escalate_to", ""), wordsOf("domains", []), wordsOf("seconds", [])]).toEqual(["无", "无", "无", "无"]);
  });
  it("are words, not the spelling of the pack", () => {
    expect(wordsOf("dictionaries", ["business_secret"])).toBe("商业秘密");
    expect(wordsOf("disposition", "hold")).toBe("先审后发");
    expect(wordsOf("deadline", { working_hours: 2 })).toBe("2 个工作小时");
    expect(wordsOf("most_bytes", 104857600)).toBe("100 MB");
    expect(wordsOf("unread", ["image", "voice"])).toBe("图片、语音");
    expect(wordsOf("down", false)).toBe("否");
    expect(wordsOf("per_day", 0)).toBe("0");
    expect(wordsOf("patterns", [{ id: "x", category: "private_sale", regex: "二手" }])).toBe("私人买卖 二手");
    expect(wordsOf("patterns", [{ regex: "^澄远", zh: "澄远＋事项", example: "澄远" }])).toBe("澄远＋事项");
  });
});
