/** The worker that keeps the page: registered once the page is there, and asked for a newer version now and then. */
import { waiting } from "./fresh.ts";

const HOUR_MS = 3_600_000;
/** Where notifications lead: conversations, and what waits for me. */
const LEADS = /^\/(chat|notices|issued|todo|answers|questions)(\/|\?|$)/;
let known: ServiceWorkerRegistration | null = null;
export const registration = (): ServiceWorkerRegistration | null => known;

function follow(found: ServiceWorkerRegistration): void {
  const look = (): void => {
    if (found.waiting && navigator.serviceWorker.controller) waiting.value = found.waiting;
  };
  found.addEventListener("updatefound", () => found.installing?.addEventListener("statechange", look));
  look();
}

/** `open` is called with the place that a notification leads to. */
export async function startWorker(open: (path: string) => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", (event) => {
    const path = (event.data as { open?: unknown } | null)?.open;
    if (typeof path === "string" && LEADS.test(path)) open(path);
  });
  try {
    known = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  } catch {
    // A browser that allows none: the page works without.
    return;
  }
  follow(known);
  const update = (): void => void known?.update().catch(() => undefined);
  setInterval(update, HOUR_MS);
  addEventListener("online", update);
}
