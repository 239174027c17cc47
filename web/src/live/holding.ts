/**
 * The files that wait to be sent, kept on this device so that a reload does not lose them: within the same rules as the messages that
 * wait, and within a bound. What cannot be kept lives as long as the page, and its person is told.
 */
import type { FileKind } from "../api/types.ts";
import { within } from "./cupboard.ts";

export const MOST_BYTES = 200 * 1024 * 1024;
export const MOST_DAYS = 7;
const DAY = 24 * 60 * 60 * 1000;

/** A file that waits, without its bytes. */
export interface Held {
  key: string;
  person: string;
  /** The composer that it was added to. */
  box: string;
  group: string;
  name: string;
  kind: FileKind;
  seconds: number | null;
  size: number;
  /** When it was added (ms by this device's clock). */
  at: number;
  /** The message that takes it along, once that was sent off. */
  cmid: string | null;
  /** The upload that has a part of it. */
  id: string | null;
  sha256: string;
}
/** Whether it is kept: not where there is no room, where the browser refuses, or where nothing of the group may be. */
export type Kept = "kept" | "full" | "not";

/** For how many days files of a group may be kept; 0 not at all. */
export type DaysOf = (group: string) => number;
// A clock that was set back must not make it last for ever.
const isOld = (one: Held, days: number, now: number): boolean => Math.abs(now - one.at) > Math.min(days, MOST_DAYS) * DAY;

/** Bytes take their time, and nothing waits until they are written. */
const PATIENCE_MS = 30_000;
/** Keeps a file; files of everybody who uses this browser share the room. */
export async function holdFile(one: Held, source: Blob): Promise<Kept> {
  const kept = await within<Kept>("readwrite", async (shelf) => {
    const others = await shelf.all<Held>("files");
    if (others.reduce((sum, other) => sum + other.size, one.size) > MOST_BYTES) return "full";
    shelf.put("blobs", one.key, source);
    shelf.put("files", one.key, one);
    return "kept";
  }, PATIENCE_MS);
  return kept ?? "not";
}

/** Notes how far a file has come, if it is kept. */
export async function noteFile(key: string, by: Partial<Held>): Promise<void> {
  await within("readwrite", async (shelf) => {
    const before = await shelf.get<Held>("files", key);
    if (before !== undefined) shelf.put("files", key, { ...before, ...by });
  });
}

export async function letGo(keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await within("readwrite", (shelf) => {
    for (const key of keys) {
      shelf.drop("files", key);
      shelf.drop("blobs", key);
    }
  });
}

/**
 * The files of a person that may still be shown, in the order in which they were added. What is too old goes, whoever it was from;
 * with `sure` also what the rules of now do not let this browser keep.
 */
export async function heldFiles(person: string, days: DaysOf, sure: boolean, now = Date.now()): Promise<Held[]> {
  const found = (await within("readonly", (shelf) => shelf.all<Held>("files"))) ?? [];
  const bound = (one: Held): number => (one.person === person ? days(one.group) : MOST_DAYS);
  const over = found.filter((one) => isOld(one, MOST_DAYS, now) || (sure && (bound(one) === 0 || isOld(one, bound(one), now))));
  await letGo(over.map((one) => one.key));
  const mine = found.filter((one) => one.person === person && !over.includes(one) && bound(one) > 0 && !isOld(one, bound(one), now));
  return mine.sort((a, b) => a.at - b.at);
}

/** One kept file with its bytes; null when it is not there any more. */
export async function heldFile(key: string): Promise<{ held: Held; source: Blob } | null> {
  return within("readonly", async (shelf) => {
    const [held, source] = await Promise.all([shelf.get<Held>("files", key), shelf.get<Blob>("blobs", key)]);
    return held === undefined || source === undefined ? null : { held, source };
  });
}
