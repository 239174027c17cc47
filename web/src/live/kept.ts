/**
 * What of the state is kept on this device, and what state that is at the next start. Pure.
 *
 * A kept state is one at its position: rows and timelines of the groups that may be kept, with the items after it to come. Rows of
 * the first answer of the server replace the kept ones, each marked with the position at which it was read.
 */
import type { Conversations, Device, Me } from "../api/types.ts";
import { reads } from "./reducer.ts";
import type { ClientState, Row, Timeline } from "./reducer.ts";

export const MOST_ITEMS = 200;
export const MOST_TIMELINES = 60;
const DAY = 24 * 60 * 60 * 1000;

/** `at` is when the server was last heard of (ms by this device's clock). */
export interface Mark { epoch: string; me: Me; device: Device; position: number; at: number; writer: string; ended?: boolean }
export interface Kept { rows: Readonly<Record<string, Row>>; timelines: Readonly<Record<string, Timeline>> }

const daysOf = (device: Device, group: string): number => device.groups[group]?.days ?? 0;
export const mayKeep = (device: Device | null, group: string): boolean => device !== null && daysOf(device, group) > 0;

/** The part that may be kept: the newest timelines, each with its newest items. What has not changed stays the same object. */
export function toKeep(state: ClientState, device: Device, before: ReadonlyMap<Timeline, Timeline> = new Map()): Kept {
  const here = Object.entries(state.conversations).filter(([id]) => mayKeep(device, id));
  const newest = here
    .flatMap(([id]) => (state.timelines[id] ? [[id, state.timelines[id]] as const] : []))
    .sort(([, a], [, b]) => (b.items.at(-1)?.position ?? -1) - (a.items.at(-1)?.position ?? -1))
    .slice(0, MOST_TIMELINES);
  return { rows: Object.fromEntries(here), timelines: Object.fromEntries(newest.map(([id, one]) => [id, before.get(one) ?? trimmed(one)])) };
}
const trimmed = (one: Timeline): Timeline => (one.items.length > MOST_ITEMS ? { items: one.items.slice(-MOST_ITEMS), more: true } : one);

/** The state that was kept, without what is too old; null when nothing of it may be shown any more. */
export function fromKept(mark: Mark, kept: Kept, now: number): ClientState | null {
  if (mark.ended) return null;
  // A clock that was set back must not make it last for ever.
  const age = Math.abs(now - mark.at);
  const fresh = (group: string): boolean => age <= daysOf(mark.device, group) * DAY && mayKeep(mark.device, group);
  const only = <T>(from: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(from).filter(([group]) => fresh(group)));
  const conversations = only(kept.rows);
  if (Object.keys(conversations).length === 0) return null;
  return { position: mark.position, conversations, timelines: only(kept.timelines), todo: mark.me.todo, unsure: [] };
}

/** The kept state with the rows of now: its timelines are still at its position, and the items after that follow. */
export function withStart(state: ClientState, start: Conversations, todo: ClientState["todo"]): ClientState {
  if (start.position < state.position) return { ...state, position: start.position, conversations: rowsOf(start), timelines: {}, todo, unsure: [] };
  const conversations = rowsOf(start);
  const timelines = Object.fromEntries(Object.entries(state.timelines).filter(([group]) => reads(conversations[group]?.group.me?.state)));
  return { ...state, conversations, timelines, todo, unsure: [] };
}
const rowsOf = (start: Conversations): Record<string, Row> =>
  Object.fromEntries(start.conversations.map((one) => [one.group.id, { ...one, at: start.position }]));
