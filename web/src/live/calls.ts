/** Urgent messages that call me, until I confirm them. */
import { ref, shallowRef } from "vue";
import { ApiError, get } from "../api/client.ts";
import type { Call, Item } from "../api/types.ts";
import { inTurn } from "./recent.ts";

export const calls = shallowRef<readonly Call[]>([]);
/** Counts the times that I was called: each shows the alert again, also one that was put aside. */
export const rings = ref(0);

const next = inTurn();
const AGAIN_MS = 3000;

/** Reads them again. Throws ApiError. */
export async function loadCalls(): Promise<void> {
  const found = await next(() => get<{ urgent: Call[] }>("/urgent"));
  if (found) calls.value = found.urgent;
}
/** Whoever is called must not miss it because the line blinked just then. */
async function reload(rung: boolean): Promise<void> {
  try {
    await loadCalls();
    if (rung) rings.value++;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0 || error.status === 429 || error.status >= 500) setTimeout(() => void reload(rung), AGAIN_MS);
  }
}
/** Follows what happens to calls; a message that is recalled calls nobody any more. */
export function followCalls(items: readonly Item[]): void {
  const rung = items.some((one) => one.kind === "messaging.urged" || one.kind === "messaging.urge_repeated");
  const ended = items.some((one) => one.kind.startsWith("messaging.urge_") || one.kind === "messaging.recalled");
  if (!rung && !(ended && calls.value.length > 0)) return;
  void reload(rung);
}
