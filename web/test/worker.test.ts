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

const WORK = { ...SAID, group: "", name: "", sender: "孙丽", text: "", work: "notice", path: "/notices/n", tag: "work:notices", people: 1, told: "sender" };
it.each([
  ["zh-CN", "孙丽 发来通知，请你确认", "孙丽 发来通知，请你确认：停电（还有 2 件）", "有事项等你处理", "通知已到期限，孙丽 等 3 人 还没有确认", "孙丽 没有按时回复", "你的申请已通过：X"],
  ["zh-TW", "孙丽 發來通知，請你確認", "孙丽 發來通知，請你確認：停電（還有 2 件）", "有事項等你處理", "通知已到期限，孙丽 等 3 人 還沒有確認", "孙丽 沒有按時回覆", "你的申請已通過：X"],
  ["en", "孙丽 asks you to acknowledge a notice", "孙丽 asks you to acknowledge a notice: Power (and 2 more)", "Something waits for you", "A notice is due; not acknowledged by 孙丽 and 2 more", "No answer in time from 孙丽", "Your request was approved: X"],
])("work that waits is told in %s, and no more of it than may be", (lang, ...words) => {
  const text = { "zh-CN": "停电", "zh-TW": "停電" }[lang] ?? "Power";
  expect([
    says({ ...WORK, lang }), says({ ...WORK, lang, told: "text", text, more: 2 }), says({ ...WORK, lang, told: "none", work: "", sender: "", people: 0 }),
    says({ ...WORK, lang, work: "notice_missing", people: 3 }), says({ ...WORK, lang, work: "answers_missing" }), says({ ...WORK, lang, work: "approved", sender: "", told: "text", text: "X" }),
  ]).toEqual(words);
});
it("each kind has its words in each language, and one that is not known says that something waits", () => {
  const kinds = "urgent notice notice_again notice_reminded notice_due notice_late notice_missing answer_due answer_late answers_missing question error question_due question_late answered approval approval_reminded approved refused expired".split(" ");
  for (const lang of ["zh-CN", "zh-TW", "en"]) {
    const said = kinds.map((work) => says({ ...WORK, lang, work }));
    expect(new Set(said).size).toBe(kinds.length);
    const some = says({ ...WORK, lang, work: "later" });
    expect(said).not.toContain(some);
    expect(said.join()).not.toMatch(/[{}]/);
  }
});
it("of one tag there is one, which calls once for each thing, and leads into this page alone", () => {
  says({ ...WORK, position: 8 });
  expect(shown.mock.lastCall).toMatchObject(["规矩", { tag: "work:notices", renotify: true, silent: false, data: { path: "/notices/n" } }]);
  says({ ...WORK, position: 8 });
  expect(shown.mock.lastCall?.[1]).toMatchObject({ tag: "work:notices", renotify: false, silent: true });
  says({ ...WORK, position: 9 });
  expect(shown.mock.lastCall?.[1]).toMatchObject({ renotify: true, silent: false });
  says({ ...WORK, path: "//elsewhere.example/" });
  expect(shown.mock.lastCall?.[1]).toMatchObject({ data: { path: "/chat/" } });
  says({ ...WORK, group: "g", name: "总装", sender: "$& 孙", work: "urgent", path: "/chat/g", tag: "call:g" });
  expect(shown.mock.lastCall).toMatchObject(["总装", { body: "$& 孙 再次加急呼叫你，请确认", tag: "call:g" }]);
});
it("what a page was told is shown in its sound", () => {
  on["message"]?.({ data: { tell: { ...WORK }, silent: true }, waitUntil: () => undefined });
  expect(shown.mock.lastCall?.[1]).toMatchObject({ body: "孙丽 发来通知，请你确认", silent: true, renotify: false });
  shown.mockClear();
  on["message"]?.({ data: "else", waitUntil: () => undefined });
  expect(shown).not.toHaveBeenCalled();
});
