import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import "vue"; // before the stubs: it looks for a real document when it is loaded
import type { Triple } from "../src/i18n/index.ts";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("document", { documentElement: { lang: "" } });

const { fill } = await import("../src/i18n/index.ts");
const folder = join(import.meta.dirname, "../src/i18n");
const tables: [file: string, table: Record<string, Triple>][] = [];
for (const file of readdirSync(folder).filter((one) => one !== "index.ts")) {
  const found = (await import(join(folder, file))) as Record<string, unknown>;
  for (const value of Object.values(found)) if (typeof value === "object" && value !== null) tables.push([file, value as Record<string, Triple>]);
}
tables.splice(tables.findIndex(([file]) => file === "errors.ts"), 1);
tables.push(["kinds.ts", ((await import("../src/i18n/errors.ts")) as { ERRORS: Record<string, Triple> }).ERRORS]);
tables.push(["kinds.ts", ((await import("../src/console/kinds.ts")) as { KINDS: Record<string, Triple> }).KINDS]);

/** Characters that are written otherwise in traditional Chinese; each must not stand in a zh-TW text. */
const SIMPLIFIED = "们这来时会个还过说对没开关为发应该请见问间门车东马鸟长张书学习实现业务员动机电话语设计认识让许论证记议讯访词译试详误调谁谈谢课变备复处标题级组织结给线终经红约纪统继续绩维综编缘缩网罗联职听节药补装里见观规觉览视觉触计订讨训议讲评识诉诊译话诚语误说请读课谁调谈谋谓谢谨财责败账货质购贵费资赔赶趋跃车转轮软较载辑输达过运还进远连迟适选递逻遗释针钟钥钱铁错锁键长门闭问闲间闻阅队际陆险随难静韩页顶项须顾顿预领频颗题额飞饭馆验龙";
const ALLOWED = new Set(["lang.zh-CN", "saying"]);
/** Punctuation that only Chinese has. */
const FULL_WIDTH = /[\u3000-\u303f\uff01-\uff65]/u;
const simplifiedIn = (cn: string, tw: string): string[] => [...tw].filter((one) => SIMPLIFIED.includes(one) && cn.includes(one));
const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1] ?? "").sort();

describe("messages", () => {
  it("are there at all", () => {
    expect(tables.length).toBeGreaterThanOrEqual(9);
    expect(tables.reduce((sum, [, table]) => sum + Object.keys(table).length, 0)).toBeGreaterThan(400);
  });
  for (const [file, table] of tables) {
    it(`${file}: three languages, the same holes, traditional characters in zh-TW`, () => {
      const wrong: string[] = [];
      for (const [key, texts] of Object.entries(table)) {
        if (texts.length !== 3 || texts.some((one) => one.trim() === "")) wrong.push(`${key}: empty`);
        const wanted = holes(texts[0]).join();
        if (texts.some((one) => holes(one).join() !== wanted)) wrong.push(`${key}: holes differ`);
        const simplified = ALLOWED.has(key) ? [] : simplifiedIn(texts[0], texts[1]);
        if (simplified.length > 0) wrong.push(`${key}: ${simplified.join("")} in zh-TW`);
        if (!ALLOWED.has(key) && !key.startsWith("lang.") && /\p{Script=Han}/u.test(texts[2])) wrong.push(`${key}: Chinese in en`);
        if (/[!！]|抱歉/.test(texts[0])) wrong.push(`${key}: wording`);
        if (/您/.test(texts[0] + texts[1])) wrong.push(`${key}: addresses people with 您`);
        if (!ALLOWED.has(key) && FULL_WIDTH.test(texts[2])) wrong.push(`${key}: full-width characters in en`);
      }
      expect(wrong).toEqual([]);
    });
  }
  it("the rule for zh-TW catches a copied text", () => {
    expect(simplifiedIn("消息列表里的设置", "消息列表里的设置")).toContain("设");
    expect(simplifiedIn("消息列表里的设置", "訊息列表裡的設定")).toEqual([]);
  });
  it("every kind of fact has words, and only those", () => {
    const page = readFileSync(join(folder, "../../../docs/facts.md"), "utf8");
    const kinds = [...page.matchAll(/^\| `([a-z]+\.[a-z_]+)` \|/gm)].map((one) => one[1] ?? "");
    expect(kinds.length).toBeGreaterThan(50);
    const known = tables.filter(([file]) => file === "kinds.ts").map(([, table]) => Object.keys(table)).find((keys) => keys.includes("policy.adopted"));
    expect([...(known ?? [])].sort()).toEqual(kinds.sort());
  });
  it("one and many have words of their own where they differ", () => {
    expect([1, 2, "1", "9+"].map((n) => fill("{n} {n:person is|people are} here", { n }))).toEqual(["1 person is here", "2 people are here", "1 person is here", "9+ people are here"]);
  });
  it("no screen joins words by a sign of its own", () => {
    // What somebody writes is cut at these signs, and the copy of a template is content.
    const content = ["useMentions.ts", "sides.ts", "TemplateSheet.vue"];
    const wrong = readdirSync(join(folder, ".."), { recursive: true, encoding: "utf8" })
      .filter((one) => /\.(vue|ts)$/.test(one) && !/^(i18n|worker)\b/.test(one) && !content.some((each) => one.endsWith(each)))
      .flatMap((one) => readFileSync(join(folder, "..", one), "utf8").split("\n").filter((line) => /[，；、：]/u.test(line.replace(/joint\(["'].["']\)|\/\/.*|\/\*\*.*/gu, ""))).map((line) => `${one}: ${line.trim()}`));
    expect(wrong).toEqual([]);
  });
  it("every key is used somewhere", () => {
    const source = readdirSync(join(folder, ".."), { recursive: true, encoding: "utf8" })
      .filter((one) => /\.(vue|ts)$/.test(one) && !one.startsWith("i18n")).map((one) => readFileSync(join(folder, "..", one), "utf8")).join("\n");
    const unused = tables.flatMap(([file, table]) => Object.keys(table)
      .filter((key) => file !== "kinds.ts" && !source.includes(`"${key}"`) && !source.includes(`'${key}'`) && !dynamic(source, key)).map((key) => `${file} ${key}`));
    expect(unused).toEqual([]);
  });
});

/** Whether a key is put together in a template: `state.${one}` uses `state.x`, `${step}.head` uses `s1.head`. */
function dynamic(source: string, key: string): boolean {
  const parts = key.split(".");
  for (let n = 1; n < parts.length; n++) {
    if (source.includes(`\`${parts.slice(0, n).join(".")}.\${`) || (source.includes(`}.${parts.slice(n).join(".")}\``))) return true;
  }
  return source.includes("{act}") && parts.length === 1;
}
