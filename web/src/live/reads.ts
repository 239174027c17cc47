/** How far the members of a group have read, where the rules show it: fetched when a group is opened, then followed. */
import { shallowRef } from "vue";
import { get } from "../api/client.ts";
import type { Reads } from "../api/types.ts";

type Positions = Readonly<Record<string, number>>;
export interface Marks { reads: Positions; since: Positions }

/** By group; null where the rules do not show it, absent where it was not asked for. */
export const reads = shallowRef<Readonly<Record<string, Marks | null>>>({});

const further = (known: Positions, now: Positions): Positions => {
  const next = { ...known };
  for (const [person, position] of Object.entries(now)) next[person] = Math.max(position, next[person] ?? -1);
  return next;
};

/** Asks once for each time that a group is opened, and when its members change. Throws ApiError. */
export async function loadReads(group: string): Promise<void> {
  const found = await get<Reads>(`/groups/${group}/reads`);
  const known = reads.value[group]?.reads ?? {};
  reads.value = { ...reads.value, [group]: found.on ? { reads: further(known, found.reads), since: found.since } : null };
}

export function applySeen(group: string, now: Positions): void {
  const known = reads.value[group];
  if (known) reads.value = { ...reads.value, [group]: { ...known, reads: further(known.reads, now) } };
}

/** How many of those who could have read the message at `position`, without its author and those who came later, and how many have. Pure. */
export function readersOf(marks: Marks, position: number, author: string): { of: number; read: number } {
  const asked = Object.entries(marks.since).filter(([person, from]) => person !== author && from <= position);
  return { of: asked.length, read: asked.filter(([person]) => (marks.reads[person] ?? -1) >= position).length };
}
