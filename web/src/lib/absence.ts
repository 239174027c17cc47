/** Who in my groups cannot answer, as everything on the page may show it; only the live state sets it. */
import { shallowRef } from "vue";
import type { Absence, Absent } from "../api/absences.ts";
import type { Item } from "../api/types.ts";

export type Absences = ReadonlyMap<string, Absent & { absence: Absence }>;

/** Also those whose time is over, until they are read again. */
export const absences = shallowRef<Absences>(new Map());

/** With what items say of it. Pure, and safe to apply twice; without any such item the same object. */
export function withItems(known: Absences, items: readonly Item[]): Absences {
  const told = items.filter((one) => one.kind === "followup.absence");
  if (told.length === 0) return known;
  const next = new Map(known);
  for (const { person, absence } of told) {
    if (absence === null) next.delete(person.id);
    else next.set(person.id, { person, absence });
  }
  return next;
}

/** Items by which others come to be in a group with me, or cease to: who cannot answer is asked again. */
const MOVES: readonly string[] = ["groups.registered", "groups.direct_opened", "groups.member_changed", "groups.rules_published", "groups.barriers_changed"];
export const movesCompany = (items: readonly Item[]): boolean => items.some((one) => MOVES.includes(one.kind) || (one.kind === "groups.changed" && one.what === "closed"));
