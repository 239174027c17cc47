/** Urgent messages that call me, until I confirm them. */
import { ref, shallowRef } from "vue";
import { ApiError, get } from "../api/client.ts";
import type { Call, Item } from "../api/types.ts";

export const calls = shallowRef<readonly Call[]>([]);
/** Counts the times that I was called: each shows the alert again, also one that was put aside. */
export const rings = ref(0);

/** Reads them again. Throws ApiError. */
export async function loadCalls(): Promise<void> {
  calls.value = (await get<{ urgent: Call[] }>("/urgent")).urgent;
}
/** Follows what happens to calls; a message that is recalled calls nobody any more. */
export function followCalls(items: readonly Item[]): void {
  const rung = items.some((one) => one.kind === "messaging.urged" || one.kind === "messaging.urge_repeated");
  const ended = items.some((one) => one.kind.startsWith("messaging.urge_") || one.kind === "messaging.recalled");
  if (!rung && !(ended && calls.value.length > 0)) return;
  void loadCalls().then(() => void (rung && rings.value++)).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
}
