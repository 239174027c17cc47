/**
 * Keeps one version of the page with everything that belongs to it, so that it opens without the server; never an answer of the
 * server. A newer version is fetched whole beside it, and takes over when the person says so: no page is made of two versions.
 */
// The build fills these in, and takes the types away: this file imports nothing.
const VERSION: string = "__VERSION__";
const FILES: readonly string[] = ["__FILES__"];
const NAME = "guiju-" + VERSION;
const scope = self as unknown as ServiceWorkerGlobalScope;
/** What only the server answers. */
const SERVED = /^\/(api|ws|cgi-bin|healthz|readyz)(\/|$)/;

scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES.map((one) => new Request(one, { cache: "no-cache" })))));
});
scope.addEventListener("activate", (event) => {
  const old = (names: string[]): string[] => names.filter((one) => one.startsWith("guiju-") && one !== NAME);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((one) => caches.delete(one)))).then(() => scope.clients.claim()));
});
scope.addEventListener("message", (event) => {
  if (event.data === "take over") void scope.skipWaiting();
  const asked = event.data as { tell?: Said; silent?: boolean } | null;
  if (asked?.tell) event.waitUntil(tell(asked.tell, asked.silent === true));
});

async function kept(request: Request, path: string): Promise<Response> {
  const found = await caches.open(NAME).then((cache) => cache.match(path));
  return found ?? fetch(request);
}
scope.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== scope.location.origin || SERVED.test(url.pathname)) return;
  if (event.request.mode === "navigate") event.respondWith(kept(event.request, "/"));
  else if (FILES.includes(url.pathname)) event.respondWith(kept(event.request, url.pathname));
});

/** What a push says, by docs/protocol.md: what it may not tell is empty. With `work` it is of work that waits, not of a message. */
interface Said {
  group: string; position: number; told: "none" | "sender" | "text"; lang: string; name: string; sender: string; text: string; more?: number; reminder?: boolean;
  work?: string; path?: string; tag?: string; people?: number;
}
const CHINESE = ["有新消息", "发来新消息", "（还有 {n} 条）", "提醒你阅读消息", "[提醒] "] as const;
const WORDS: Record<string, readonly [some: string, from: string, more: string, reminds: string, mark: string]> = {
  "zh-CN": CHINESE, "zh-TW": ["有新訊息", "傳來新訊息", "（還有 {n} 則）", "提醒你閱讀訊息", "[提醒] "],
  en: ["New message", "sent a message", " (and {n} more)", "asks you to read a message", "[Reminder] "],
};
/** Of work that waits: by what it is, and around it. `{who}` is who brought it about, or whom it is about. */
const WORK_CHINESE: Readonly<Record<string, string>> = {
  some: "有事项等你处理", more: "（还有 {n} 件）", many: "{who} 等 {n} 人", colon: "：",
  urgent: "{who} 再次加急呼叫你，请确认",
  notice: "{who} 发来通知，请你确认", notice_again: "{who} 改了通知正文，请重新确认", notice_reminded: "{who} 提醒你确认通知",
  notice_due: "有通知快到期限，请你确认", notice_late: "有通知已过期限，请尽快确认", notice_missing: "通知已到期限，{who} 还没有确认",
  answer_due: "快到时限，请回复 {who}", answer_late: "已过时限，请回复 {who}", answers_missing: "{who} 没有按时回复",
  question: "{who} 提出问题，请你答复", error: "{who} 指出你的消息有差错", question_due: "快到时限，请答复 {who} 的问题", question_late: "已过时限，请答复 {who} 的问题",
  answered: "{who} 答复了你的问题",
  approval: "{who} 的申请等你审批", approval_reminded: "催办：{who} 的申请等你审批", approved: "你的申请已通过", refused: "你的申请未通过", expired: "你的申请已过期",
};
const WORK: Record<string, Readonly<Record<string, string>>> = {
  "zh-CN": WORK_CHINESE,
  "zh-TW": {
    some: "有事項等你處理", more: "（還有 {n} 件）", many: "{who} 等 {n} 人", colon: "：",
    urgent: "{who} 再次加急呼叫你，請確認",
    notice: "{who} 發來通知，請你確認", notice_again: "{who} 改了通知正文，請重新確認", notice_reminded: "{who} 提醒你確認通知",
    notice_due: "有通知快到期限，請你確認", notice_late: "有通知已過期限，請儘快確認", notice_missing: "通知已到期限，{who} 還沒有確認",
    answer_due: "快到時限，請回覆 {who}", answer_late: "已過時限，請回覆 {who}", answers_missing: "{who} 沒有按時回覆",
    question: "{who} 提出問題，請你答覆", error: "{who} 指出你的訊息有差錯", question_due: "快到時限，請答覆 {who} 的問題", question_late: "已過時限，請答覆 {who} 的問題",
    answered: "{who} 答覆了你的問題",
    approval: "{who} 的申請等你審核", approval_reminded: "催辦：{who} 的申請等你審核", approved: "你的申請已通過", refused: "你的申請未通過", expired: "你的申請已過期",
  },
  en: {
    some: "Something waits for you", more: " (and {n} more)", many: "{who} and {others} more", colon: ": ",
    urgent: "{who} calls you again: please confirm",
    notice: "{who} asks you to acknowledge a notice", notice_again: "{who} changed a notice: please acknowledge it again", notice_reminded: "{who} reminds you to acknowledge a notice",
    notice_due: "The deadline of a notice is near: please acknowledge it", notice_late: "The deadline of a notice has passed: please acknowledge it", notice_missing: "A notice is due; not acknowledged by {who}",
    answer_due: "Due soon: please answer {who}", answer_late: "Overdue: please answer {who}", answers_missing: "No answer in time from {who}",
    question: "{who} raised a question for you to answer", error: "{who} reports an error in your message", question_due: "Due soon: please answer the question of {who}", question_late: "Overdue: please answer the question of {who}",
    answered: "{who} answered your question",
    approval: "A request of {who} waits for your verdict", approval_reminded: "Reminder: a request of {who} waits for your verdict", approved: "Your request was approved", refused: "Your request was refused", expired: "Your request has expired",
  },
};
const MOST_COUNTED = 9;
/** A path of this page, and nobody else's address. */
const OWN = /^\/[a-z]/;

const counted = (words: string, n: number | undefined): string => (n ? words.replace("{n}", n < MOST_COUNTED ? String(n) : MOST_COUNTED + "+") : "");
function ofMessage(said: Said): string {
  const [some, from, others, reminds, mark] = WORDS[said.lang] ?? CHINESE;
  if (said.told === "none") return some;
  return (said.text ? (said.reminder ? mark : "") + said.sender + ": " + said.text : said.sender + " " + (said.reminder ? reminds : from)) + counted(others, said.more);
}
/** Of a kind that a worker of before does not know it says no more than that something waits. */
function ofWork(said: Said): string {
  const words = WORK[said.lang] ?? WORK_CHINESE;
  const n = said.people ?? 1;
  const many = (words["many"] ?? "").replace("{n}", String(n)).replace("{others}", String(n - 1));
  const who = (n > 1 ? many : "{who}").replace("{who}", () => said.sender);
  const what = (words[said.work ?? ""] ?? words["some"] ?? "").replace("{who}", () => who);
  return what + (said.text ? (words["colon"] ?? "") + said.text : "") + counted(words["more"] ?? "", said.more);
}
/** By tag, the newest work that has called: of one thing a push and each open page may tell. */
const called = new Map<string, number>();
function tell(said: Said, silent: boolean): Promise<void> {
  const isWork = said.path !== undefined;
  const path = isWork && OWN.test(said.path ?? "") ? said.path : "/chat/" + encodeURIComponent(said.group);
  const tag = said.tag ?? said.group;
  const rang = isWork && (called.get(tag) ?? -1) >= said.position;
  if (isWork && !rang) called.set(tag, said.position);
  const isSilent = silent || rang;
  // Work calls anew for each thing that comes; of a conversation one that stands already says the newest in silence.
  const shown = { body: isWork ? ofWork(said) : ofMessage(said), tag, renotify: isWork && !isSilent, silent: isSilent, icon: "/icon-192.png", badge: "/icon-192.png", data: { group: said.group, position: said.position, path } };
  return scope.registration.showNotification(said.told === "none" ? "规矩" : said.name || "规矩", shown);
}
scope.addEventListener("push", (event) => {
  const said = event.data?.json() as Said | undefined;
  if (said !== undefined) event.waitUntil(tell(said, false));
});
scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { path, group } = event.notification.data as { path?: string; group: string };
  const to = path ?? "/chat/" + encodeURIComponent(group);
  event.waitUntil((async () => {
    const [open] = await scope.clients.matchAll({ type: "window" });
    if (open === undefined) return void (await scope.clients.openWindow(to));
    open.postMessage({ open: to });
    await open.focus();
  })());
});
