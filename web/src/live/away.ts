/** How long the server could not be reached, as far as this browser has noticed. */
import { ref, shallowRef, watch } from "vue";
import { link } from "../lib/line.ts";
import { ready } from "./store.ts";

export interface Away { since: number; until: number }
const KEY = "gj.away";
/** A blink of the network is not worth a word, and less than this not worth a report. */
const [BLINK_MS, WORTH_MS] = [1000, 60_000];
const DAY = 24 * 60 * 60 * 1000;
/** Whether it is down by now, for longer than a blink. */
export const away = ref(false);
/** The last time that it was down for a while, until somebody puts it aside. */
export const lately = shallowRef<Away | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;
watch(() => [ready.value && link.value === "offline", link.value === "online"] as const, ([down, up]) => {
  clearTimeout(timer);
  if (down) {
    // A page that is loaded anew meanwhile knows since when.
    if (began() === null) localStorage.setItem(KEY, String(Date.now()));
    timer = setTimeout(() => (away.value = true), BLINK_MS);
    return;
  }
  away.value = false;
  if (!up) return;
  const since = began(), until = Date.now();
  localStorage.removeItem(KEY);
  if (since !== null && until - since >= WORTH_MS) lately.value = { since, until };
}, { immediate: true });

function began(): number | null {
  const since = Number(localStorage.getItem(KEY) ?? Number.NaN), now = Date.now();
  return since > now - DAY && since <= now ? since : null;
}
export const putAway = (): void => void (lately.value = null);
