/**
 * Notifications while nobody looks at the page: one for each conversation, taken back once it is read anywhere. They say no more
 * than I chose and the rules allow.
 */
import { watch } from "vue";
import { ApiError, get, post } from "../api/client.ts";
import type { Item, Told } from "../api/types.ts";
import { d } from "../i18n/device.ts";
import { lang } from "../i18n/index.ts";
import { oneLine } from "../lib/markdown.ts";
import { device, me, myId, onItems, ownQuiet, state } from "../live/store.ts";
import { disturbs, least, newsIn } from "../live/told.ts";
import type { News } from "../live/told.ts";
import { Waits } from "../live/waits.ts";
import { sound } from "../ui/look.ts";
import { chime } from "./chime.ts";
import { followWork } from "./work.ts";
import { registration } from "./worker.ts";

const LONGEST = 120;
/** Another page of this browser that was looked at so lately shows it already. */
const LOOKED_MS = 4000;
const LOOKED = "gj.looked";
const shown = new Map<string, Notification | null>();
const waits = new Waits();
const readUpTo = (group: string): number => state.value.conversations[group]?.read ?? 0;

/** Whether somebody looks at this page, or did just now at another one of this browser, or wants no notifications. */
const isSeen = (): boolean => looking() || Date.now() - Number(localStorage.getItem(LOOKED)) < LOOKED_MS || !("Notification" in window) || Notification.permission !== "granted";
const looking = (): boolean => document.visibilityState === "visible" && document.hasFocus();

/** The server knows my quiet time and the working calendar; its word holds for a minute, or until I change it on any screen. */
const ASKED_MS = 60_000;
let rest: { at: number; is: Promise<boolean> } | null = null;
const asked = async (): Promise<boolean> => {
  try {
    return (await get<{ until: number | null }>("/me/quiet")).until !== null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return false;
  }
};
function isResting(): Promise<boolean> {
  if (rest === null || Date.now() - rest.at > ASKED_MS) rest = { at: Date.now(), is: asked() };
  return rest.is;
}

/** How much is said of it; `off` when it is nothing to be told of, or read. */
function toldOf(news: News): Told {
  const [known, one] = [device.value, state.value.conversations[news.group]];
  if (!known || !one || news.at <= one.read) return "off";
  return least(known.notifications.told, known.groups[news.group]?.told ?? "none");
}

/** `again`: in place of one that said something else, which is nothing new. */
function show(news: News, told: Told, again = false): void {
  const name = state.value.conversations[news.group]?.group.name ?? "";
  const from = d(news.reminds ? "reminds" : "from", { who: news.from.name });
  const text = [...oneLine(news.text)].slice(0, LONGEST).join("");
  const others = waits.others(news, readUpTo(news.group));
  const said = told === "text" && text && !news.reminds ? `${news.from.name}: ${text}` : from;
  const body = told === "none" ? d("some") : said + (others && d("more", { n: others }));
  const options = { body, tag: news.group, icon: "/icon-192.png", data: { group: news.group, position: news.position }, silent: again || sound.value !== "system" };
  if (!again) chime();
  const title = told === "none" ? (me.value?.organisation.name ?? "") : name;
  const by = registration();
  if (by?.active) {
    shown.set(news.group, null);
    void by.showNotification(title, options).catch(() => undefined);
    return;
  }
  const made = new Notification(title, options);
  made.onclick = () => {
    focus();
    open(`/chat/${news.group}`);
    made.close();
  };
  shown.set(news.group, made);
}
let open: (path: string) => void = () => undefined;

/** What says something else now, or nothing, must not go on saying it beside the page. */
const CHANGED: readonly string[] = ["messaging.recalled", "messaging.edited", "messaging.moved"];

function onNew(items: readonly Item[]): void {
  const news = newsIn(items, myId());
  items.forEach((item) => waits.change(item));
  for (const one of news) if (disturbs(one.calling, myId(), state.value.conversations[one.group]?.muted ?? false) !== "never") waits.add(one);
  const changed = new Set(items.flatMap((item) => (item.group !== null && CHANGED.includes(item.kind) ? [item.group] : [])));
  const takenBack = [...changed].map((group) => (news.some((one) => one.group === group) ? takeBack(group) : tellOfRest(group)));
  if (isSeen()) return;
  // What an edit says is shown in place of what it takes back.
  if (news.length > 0) void Promise.allSettled(takenBack).then(() => news.forEach((one) => void tellOf(one)));
}
async function tellOf(news: News): Promise<void> {
  if (toldOf(news) === "off") return;
  const how = disturbs(news.calling, myId(), state.value.conversations[news.group]?.muted ?? false);
  if (how === "never" || (how === "unless-resting" && (await isResting()))) return;
  const told = toldOf(news);
  // It may have been read while the server was asked.
  if (told !== "off") show(news, told);
}

/** Whether there was one. */
async function takeBack(group: string): Promise<boolean> {
  const own = shown.get(group);
  own?.close();
  shown.delete(group);
  const found = (await registration()?.getNotifications({ tag: group })) ?? [];
  for (const one of found) one.close();
  return found.length > 0 || !!own;
}
/** What was said stood for others too, which wait still. */
async function tellOfRest(group: string): Promise<void> {
  if (!(await takeBack(group))) return;
  const news = waits.newest(group, readUpTo(group));
  const told = news && toldOf(news);
  if (news && told && told !== "off") show(news, told, true);
}

/** Begins with the page, for as long as it lives. */
export function startNotifying(lead: (path: string) => void): void {
  open = lead;
  onItems(onNew);
  followWork(isSeen);
  watch(ownQuiet, () => void (rest = null), { flush: "sync" });
  setInterval(() => looking() && localStorage.setItem(LOOKED, String(Date.now())), LOOKED_MS / 2);
  watch(() => Object.values(state.value.conversations).filter((one) => one.unread > 0).map((one) => one.group.id), (now, before) => {
    for (const group of before ?? []) if (!now.includes(group)) {
      waits.forget(group);
      void takeBack(group);
    }
  });
  // A subscription belongs to a session: with another one it is registered anew, and without one it ends.
  watch(() => device.value?.epoch, (epoch, before) => {
    if (epoch !== undefined) void pushing().then((one) => (one && device.value?.push_key ? tell(one) : undefined)).catch(() => undefined);
    else if (before !== undefined) void pushing().then((one) => one?.unsubscribe()).catch(() => undefined);
  }, { immediate: true });
}

// ---- pushes ----

const pushing = async (): Promise<PushSubscription | null> => (await registration()?.pushManager?.getSubscription()) ?? null;
export const isPushing = async (): Promise<boolean> => (await pushing()) !== null;
async function tell(one: PushSubscription): Promise<void> {
  const { endpoint, keys } = one.toJSON();
  await post("/push", { endpoint, keys: { p256dh: keys?.["p256dh"], auth: keys?.["auth"] }, lang: lang.value });
}
/** False when the browser's push service does not answer. Throws ApiError. */
export async function pushOn(key: string): Promise<boolean> {
  const by = registration();
  if (!by) return false;
  let one: PushSubscription;
  try {
    one = await by.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch {
    return false;
  }
  await tell(one);
  return true;
}
export async function pushOff(): Promise<void> {
  const one = await pushing();
  if (!one) return;
  await post("/push/end", { endpoint: one.endpoint });
  await one.unsubscribe();
}
