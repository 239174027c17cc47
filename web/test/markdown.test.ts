import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { oneLine, parse, plain, plainWith, safeLink } from "../src/lib/markdown.ts";
import type { Block, Run } from "../src/lib/markdown.ts";

/** The server says the same in pushes: tests/modules/messaging/test_plain_words.py reads this too. */
const PLAIN = JSON.parse(readFileSync(join(import.meta.dirname, "plain.json"), "utf8")) as string[][];
const words = (text: string, run: Run): string => Array.from(text).slice(run.start, run.end).join("");
const named = (run: Run): string => ["strong", "em", "strike", "code"].filter((one) => run[one as "em"]).join("+") || (run.href ? "link" : "");
/** What each run says, with its style before it. */
const told = (text: string, blocks: Block[] = parse(text)): string[] =>
  blocks.flatMap((block) => block.runs.map((run) => `${block.kind === "text" ? "" : `${block.kind}:`}${named(run)}|${words(text, run)}`));

describe("markdown", () => {
  it("knows its marks", () => {
    expect(told("请**务必**看 *这里*，~~作废~~ 的 `a*b` 不算")).toEqual(
      ["|请", "strong|务必", "|看 ", "em|这里", "|，", "strike|作废", "| 的 ", "code|a*b", "| 不算"]);
    expect(told("**粗 *斜* 粗**")).toEqual(["strong|粗 ", "strong+em|斜", "strong| 粗"]);
  });
  it("cuts blocks line by line", () => {
    const text = "今天：\n> 上次说的\n- 一号线\n2. 二号线\n```py\nx = 1\n- y\n```\n完";
    expect(told(text)).toEqual(["|今天：", "quote:|上次说的", "item:|一号线", "item:|二号线", "code:code|x = 1\n- y", "|完"]);
    expect(parse(text).map((one) => one.label).filter(Boolean)).toEqual(["•", "2."]);
  });
  it.each([
    "3*4*5=60，2 * 3 * 4", "数量*单价*折扣", "好的~~收到~~谢谢", "好~~~~~", "****", "***重要***?", "** 空 **", "a_b_c __init__", "2**3**4", "#话题# 标题",
    "1.5 吨和 2.5 吨", "-5 度", ">_<", "1、第一\n2、第二", "`", "```\n没有结尾", "[链接](javascript:alert(1))", "ftp://a.b/c", "<b>粗</b> &amp; <img src=x onerror=alert(1)>",
    "  缩进\n\n空行\n", "![图](x.png)", "*", "周*五", "a*", "** **", "http://", "https://user@evil.com/",
  ])("leaves plain text as it is: %s", (text) => {
    expect(told(text)).toEqual([`|${text}`]);
  });
  it("keeps every character of a text, but for the marks", () => {
    const text = "🚧**粗**🚧 *斜*\n> 引 **用**\n\n尾";
    expect(told(text).map((one) => one.slice(one.indexOf("|") + 1)).join("")).toBe("🚧粗🚧 斜引 用\n尾");
  });
  it("links addresses, and only those of the web", () => {
    const link = (text: string): (string | undefined)[] => parse(text).flatMap((one) => one.runs).filter((one) => one.href).flatMap((one) => [words(text, one), one.href]);
    expect(link("看https://a.cn/b?c=1，谢谢")).toEqual(["https://a.cn/b?c=1", "https://a.cn/b?c=1"]);
    expect(link("(http://a.cn/x). **https://b.cn** ")).toEqual(["http://a.cn/x", "http://a.cn/x", "https://b.cn", "https://b.cn/"]);
    expect(link("https://a.cn/x_(y)")).toEqual(["https://a.cn/x_(y)", "https://a.cn/x_(y)"]);
    expect(link("[工单 12](https://t.cn/12)好")).toEqual(["工单 12", "https://t.cn/12"]);
    expect(link("[x](https://bank.cn@evil.cn/) data:text/html,x")).toEqual([]);
    expect([safeLink("javascript:alert(1)"), safeLink("https://a:b@c.cn"), safeLink("https://xn--fiq228c.cn/")?.host]).toEqual([null, null, "xn--fiq228c.cn"]);
  });
  it("reads nothing in what is masked", () => {
    const text = "证件 1101**2 和 3301**9 与 *斜*，https://a.cn/***x";
    const spans = [{ start: 3, end: 10 }, { start: 13, end: 20 }, { start: text.indexOf("***x"), end: text.length }];
    expect(told(text, parse(text, spans))).toEqual(["|证件 1101**2 和 3301**9 与 ", "em|斜", "|，https://a.cn/***x"]);
  });
  it("leaves only the words where one line has room", () => {
    for (const [text, words] of PLAIN) expect(plain(text ?? "")).toBe(words);
    expect(oneLine("证件 1101**2 和 **3**", [{ start: 3, end: 10 }])).toBe("证件 1101**2 和 3");
    expect(plainWith("请**务必**看 `表`", [{ start: 3, end: 5 }, { start: 10, end: 11 }])).toEqual({ text: "请务必看 表", spans: [{ start: 1, end: 3 }, { start: 5, end: 6 }] });
  });
  it("takes a hostile text in little time", () => {
    const before = performance.now();
    for (const text of ["*a ".repeat(3300), "**".repeat(5000), "[".repeat(10_000), "`a".repeat(5000), "~~a ".repeat(2500), "https://a.cn/".repeat(700), "```\n".repeat(2500)]) parse(text);
    expect(performance.now() - before).toBeLessThan(3000);
  });
});
