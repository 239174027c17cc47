import { expect, it, vi } from "vitest";

type Handler = (event: object) => void;
const on: Record<string, Handler> = {};
const shown = vi.fn((_title: string, _options: { body: string; tag: string }) => Promise.resolve());
vi.stubGlobal("self", { addEventListener: (kind: string, then: Handler) => (on[kind] = then), registration: { showNotification: shown } });
// The worker is no module: it imports nothing and exports nothing.
const file = "../src/worker/sw.ts";
await import(/* @vite-ignore */ file);

const SAID = { group: "g", position: 7, told: "text", lang: "zh-CN", name: "总装一车间", sender: "孙丽", text: "到了", more: 0, reminder: false };
function says(said: object): string {
  on["push"]?.({ data: { json: () => ({ ...SAID, ...said }) }, waitUntil: () => undefined });
  return shown.mock.lastCall?.[1].body ?? "";
}

it.each([
  ["zh-CN", "有新消息", "孙丽 发来新消息", "孙丽 提醒你阅读消息", "[提醒] 孙丽: 到了", "孙丽: 到了（还有 8 条）", "孙丽: 到了（还有 9+ 条）"],
  ["zh-TW", "有新訊息", "孙丽 傳來新訊息", "孙丽 提醒你閱讀訊息", "[提醒] 孙丽: 到了", "孙丽: 到了（還有 8 則）", "孙丽: 到了（還有 9+ 則）"],
  ["en", "New message", "孙丽 sent a message", "孙丽 asks you to read a message", "[Reminder] 孙丽: 到了", "孙丽: 到了 (and 8 more)", "孙丽: 到了 (and 9+ more)"],
])("a push in %s says no more than it may", (lang, ...words) => {
  expect([
    says({ lang, told: "none", name: "", sender: "", text: "", more: 4 }), says({ lang, told: "sender", text: "" }), says({ lang, told: "sender", text: "", reminder: true }),
    says({ lang, reminder: true }), says({ lang, more: 8 }), says({ lang, more: 9 }),
  ]).toEqual(words);
});
it("one that may tell nothing has no name of a group, and another language is told in Chinese", () => {
  says({ told: "none", name: "", lang: "fr" });
  expect(shown.mock.lastCall).toMatchObject(["规矩", { body: "有新消息", tag: "g" }]);
  says({});
  expect(shown.mock.lastCall?.[0]).toBe("总装一车间");
});
