/** A newer version of the page; the worker's part is loaded later. */
import { ref, shallowRef } from "vue";

/** One that has come whole and waits. */
export const waiting = shallowRef<ServiceWorker | null>(null);
/** The server has another one than this page is of, whose parts may be gone from it. */
export const replaced = ref(false);

/** Takes over the newer version: the page is loaded again, whole, from it. */
export function takeOver(): void {
  if (waiting.value === null) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.value.postMessage("take over");
}

/** Asks whether there is one; a worker brings its own, which then waits. */
export async function lookForNewer(): Promise<void> {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src");
  try {
    const worker = await navigator.serviceWorker?.getRegistration();
    if (worker) return void (await worker.update());
    const answer = await fetch("/", { cache: "no-store" });
    if (own && answer.ok && !(await answer.text()).includes(own)) replaced.value = true;
  } catch {
    // The line is down: nothing newer can be had either.
  }
}
