/** My messages that wait for their time, on all of my screens. */
import { shallowRef } from "vue";
import { get } from "../api/client.ts";
import type { ScheduledRow } from "../api/types.ts";

export const scheduled = shallowRef<readonly ScheduledRow[]>([]);

/** Reads them again. Throws ApiError. */
export async function loadScheduled(): Promise<void> {
  scheduled.value = (await get<{ scheduled: ScheduledRow[] }>("/scheduled")).scheduled;
}
