/** How long the server could not be reached, as far as this browser has noticed. */
import { ref, shallowRef, watch } from "vue";
import { link } from "../lib/line.ts";
import { myId, ready } from "./store.ts";

export interface Away { since: number; until: number }
/** A blink of the network is not worth a word, and less than this not worth a report. */
const [BLINK_MS, WORTH_MS] = [1000, 60_000];
const DAY = 24 * 60 * 60 * 1000;
/** Whether it is down by now, for longer than a blink. */
export const away = ref(false);
/** The last time that it was down for a while, until somebody puts it aside. */
export const lately = shallowRef<Away | null>(null);
/** Whether it was reported just now, until somebody has seen that. */
export const reported = ref(false);
/** In this page and over its reloads, of who is signed in: whoever comes after them at this browser was not away. */
const key = (what: "away" | "lately"): string => `gj.${what}.${myId()}`;
watch(myId, (id) => {
  lately.value = id ? last() : null;
  reported.value = false;
}, { immediate: true, flush: "sync" });

let timer: ReturnType<typeof setTimeout> | undefined;
watch(() => [ready.value && link.value === "offline", ready.value && link.value === "online"] as const, ([down, up]) => {
  clearTimeout(timer);
  if (down) {
    // A page that is loaded anew meanwhile knows since when.
    if (began() === null) sessionStorage.setItem(key("away"), String(Date.now()));
    timer = setTimeout(() => (away.value = true), BLINK_MS);
    return;
  }
  away.value = false;
  if (!up) return;
  const since = began(), until = Date.now();
  sessionStorage.removeItem(key("away"));
  if (since === null || until - since < WORTH_MS) return;
  lately.value = { since, until };
  reported.value = false;
  sessionStorage.setItem(key("lately"), JSON.stringify(lately.value));
}, { immediate: true });

function began(): number | null {
  const since = Number(sessionStorage.getItem(key("away")) ?? Number.NaN), now = Date.now();
  return since > now - DAY && since <= now ? since : null;
}
function last(): Away | null {
  const found = JSON.parse(sessionStorage.getItem(key("lately")) ?? "null") as Away | null;
  return found !== null && found.until > Date.now() - DAY ? found : null;
}
export function putAway(): void {
  lately.value = null;
  sessionStorage.removeItem(key("lately"));
}
