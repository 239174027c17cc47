/** How far the members of a group have read, where the rules show it: fetched when a group is opened, then followed. */
import { shallowRef } from "vue";
import { get } from "../api/client.ts";
import type { Reads } from "../api/types.ts";

/** By group; null where the rules do not show it, absent where it was not asked for. */
export const reads = shallowRef<Readonly<Record<string, Readonly<Record<string, number>> | null>>>({});

const further = (known: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): Record<string, number> => {
  const next = { ...known };
  for (const [person, position] of Object.entries(now)) next[person] = Math.max(position, next[person] ?? -1);
  return next;
};

/** Asks once for each time that a group is opened. Throws ApiError. */
export async function loadReads(group: string): Promise<void> {
  const found = await get<Reads>(`/groups/${group}/reads`);
  reads.value = { ...reads.value, [group]: found.on ? further(reads.value[group] ?? {}, found.reads) : null };
}

export function applySeen(group: string, now: Readonly<Record<string, number>>): void {
  const known = reads.value[group];
  if (known) reads.value = { ...reads.value, [group]: further(known, now) };
}
