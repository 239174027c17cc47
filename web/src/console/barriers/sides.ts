import type { BarrierSide, PersonMark } from "../../api/types.ts";
import { joint } from "../../i18n/index.ts";

/** A side while it is chosen. */
export interface Chosen { units: string[]; posts: string; people: PersonMark[] }
export const nobody = (): Chosen => ({ units: [], posts: "", people: [] });
export const isEmpty = (side: Chosen): boolean => side.units.length === 0 && postsOf(side).length === 0 && side.people.length === 0;

export const postsOf = (side: Chosen): string[] => side.posts.split(/[、,，;；]/).map((one) => one.trim()).filter(Boolean);

export function sideBody(side: Chosen): { unit_ids: string[]; posts: string[]; person_ids: string[] } {
  return { unit_ids: side.units, posts: postsOf(side), person_ids: side.people.map((one) => one.id) };
}

/** A side in one line. */
export function sideLine(side: BarrierSide): string {
  return [...side.units.map((one) => one.name), ...side.posts, ...side.people.map((one) => one.name)].join(joint("、"));
}

/** A date and time of a form in ms; null when it is empty. */
export const timeOf = (value: string): number | null => (value === "" ? null : new Date(value).getTime());
