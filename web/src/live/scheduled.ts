/** My messages that wait for their time, on all of my screens. */
import { shallowRef } from "vue";
import { get } from "../api/client.ts";
import type { ScheduledRow } from "../api/types.ts";
import { inTurn } from "./recent.ts";

const next = inTurn();
export const scheduled = shallowRef<readonly ScheduledRow[]>([]);

/** Reads them again. Throws ApiError. */
export async function loadScheduled(): Promise<void> {
  const found = await next(() => get<{ scheduled: ScheduledRow[] }>("/scheduled"));
  if (found) scheduled.value = found.scheduled;
}
