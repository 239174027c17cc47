/** The items that came lately, to bring up to date what was read of the server meanwhile. */
import type { Item } from "../api/types.ts";
import { applyToTimeline, renamed } from "./reducer.ts";
import type { ClientState } from "./reducer.ts";

const MOST = 400;
let items: readonly Item[] = [];
/** None of the items after this position is missing. */
let whole = -1;

/** From now on every item after `position` is remembered, as long as there is room. */
export function beginAt(position: number): void {
  [items, whole] = [[], position];
}
/** Counts how often positions began anew: what was read before then says nothing about the order of what is read since. */
let past = 0;
/** As `beginAt`, where the ledger was set back to `position`. */
export function setBack(position: number): void {
  past++;
  beginAt(position);
}
export function remember(news: readonly Item[]): void {
  const all = [...items, ...news];
  whole = all.at(-MOST - 1)?.position ?? whole;
  items = all.slice(-MOST);
}
/** The items after `position`; null when some of them are not at hand any more. */
export const since = (position: number): readonly Item[] | null => (position < whole ? null : items.filter((one) => one.position > position));

const MOST_TRIES = 5;
/**
 * Reads something, with what came after its position; again where some of that is not at hand. It is given up in the end: the ledger of
 * a server that was set back stays behind what came before. Throws what `read` throws.
 */
export async function readWith<T extends { position: number }>(read: () => Promise<T>): Promise<[T, readonly Item[]]> {
  for (let tries = 1; ; tries++) {
    const found = await read();
    const later = since(found.position);
    if (later !== null || tries === MOST_TRIES) return [found, later ?? []];
  }
}

/** Lets what was read take its place only in order: what is older than something that took it before is turned away. */
export function inOrder(): (of: string, position: number) => boolean {
  let [newest, since] = [new Map<string, number>(), past];
  return (of, position) => {
    if (since !== past) [newest, since] = [new Map(), past];
    if (position < (newest.get(of) ?? -1)) return false;
    newest.set(of, position);
    return true;
  };
}

/** Lets answers count in the order in which they were asked for: null for one that a later one has overtaken. Throws what `read` throws. */
export function inTurn(): <T>(read: () => Promise<T>) => Promise<T | null> {
  let [asked, taken] = [0, 0];
  return async (read) => {
    const mine = ++asked;
    const found = await read();
    if (mine < taken) return null;
    taken = mine;
    return found;
  };
}

type Change = (state: ClientState) => ClientState;
const MOST_CHANGES = 100;
let changes: readonly Change[] = [];
/** Remembers a change of the state that has no position, as how far I have read, and gives it back. */
export function noted(change: Change): Change {
  changes = [...changes, change].slice(-MOST_CHANGES);
  return change;
}
/** Makes in rows that are read from now on what was noted meanwhile, for they may be older. */
export function noting(): Change {
  const last = changes.at(-1);
  return (state) => changes.slice(changes.findLastIndex((one) => one === last) + 1).reduce((now, one) => one(now), state);
}

/** The items of a page of `group`, as they are after what came `later`. Pure. */
export function caughtUp(page: Item[], group: string, later: readonly Item[]): Item[] {
  return later.reduce((all, item) => {
    if (item.kind === "directory.person_changed") return renamed(all, item.person);
    return item.group === group ? applyToTimeline(all, item) : all;
  }, page);
}
