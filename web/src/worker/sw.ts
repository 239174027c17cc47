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

/** What a push says, by docs/protocol.md: what it may not tell is empty. */
interface Said { group: string; position: number; told: "none" | "sender" | "text"; lang: string; name: string; sender: string; text: string; more?: number; reminder?: boolean }
const CHINESE = ["有新消息", "发来新消息", "（还有 {n} 条）", "提醒你阅读消息", "[提醒] "] as const;
const WORDS: Record<string, readonly [some: string, from: string, more: string, reminds: string, mark: string]> = {
  "zh-CN": CHINESE, "zh-TW": ["有新訊息", "傳來新訊息", "（還有 {n} 則）", "提醒你閱讀訊息", "[提醒] "],
  en: ["New message", "sent a message", " (and {n} more)", "asks you to read a message", "[Reminder] "],
};
const MOST_COUNTED = 9;
scope.addEventListener("push", (event) => {
  const said = event.data?.json() as Said | undefined;
  if (said === undefined) return;
  const [some, from, others, reminds, mark] = WORDS[said.lang] ?? CHINESE;
  const more = said.more ? others.replace("{n}", said.more < MOST_COUNTED ? String(said.more) : MOST_COUNTED + "+") : "";
  const body = said.told === "none" ? some : (said.text ? (said.reminder ? mark : "") + said.sender + ": " + said.text : said.sender + " " + (said.reminder ? reminds : from)) + more;
  const shown = { body, tag: said.group, icon: "/icon-192.png", badge: "/icon-192.png", data: { group: said.group, position: said.position } };
  event.waitUntil(scope.registration.showNotification(said.told === "none" ? "规矩" : said.name, shown));
});
scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = "/chat/" + encodeURIComponent(String((event.notification.data as { group: string }).group));
  event.waitUntil((async () => {
    const [open] = await scope.clients.matchAll({ type: "window" });
    if (open === undefined) return void (await scope.clients.openWindow(path));
    open.postMessage({ open: path });
    await open.focus();
  })());
});
