/**
 * What I began to write, by group and by thread: kept here across reloads. The server keeps for my other screens the one of each group
 * that was written last; one with an empty text was given up.
 */
import { shallowRef } from "vue";
import { ApiError, at as part, get, put } from "../api/client.ts";
import type { DraftMark } from "../api/types.ts";

interface Kept { text: string; quote: number | null; at: number; /** The server has not got it yet. */ unsaved?: boolean; /** Whom it mentions, each by id and name; this device alone knows. */ mentions?: Mentioned }
type Mentioned = readonly (readonly [id: string, name: string])[];

export const drafts = shallowRef<Readonly<Record<string, Kept>>>({});
/** The last draft that came from another screen, for a composer that is open. */
export const arrived = shallowRef<{ group: string; thread: number | null; text: string } | null>(null);
const QUIET_MS = 1000;
const timers = new Map<string, ReturnType<typeof setTimeout>>();
let key = "";

/** Where a draft of a group, or of a thread in it, is kept; an id of a group has no such sign. */
const placeOf = (group: string, thread: number | null): string => (thread === null ? group : `${group}/${thread}`);
function ofPlace(place: string): { group: string; thread: number | null } {
  const [group = "", thread] = place.split("/");
  return { group, thread: thread === undefined ? null : Number(thread) };
}
export const draftOf = (group: string, thread: number | null = null): string => drafts.value[placeOf(group, thread)]?.text ?? "";
export const mentionedIn = (group: string, thread: number | null = null): Mentioned => drafts.value[placeOf(group, thread)]?.mentions ?? [];

function read(): Record<string, Kept> {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "{}") as Record<string, Kept | string>;
    // Earlier versions kept the text alone.
    return Object.fromEntries(Object.entries(found).map(([group, one]) => [group, typeof one === "string" ? { text: one, quote: null, at: 1, unsaved: true } : one]));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}
/** Whether what is written in a group may be kept on this device; where not, the server alone keeps it. */
let keeps: (group: string) => boolean = () => true;
function set(place: string, one: Kept): void {
  drafts.value = { ...drafts.value, [place]: one };
  localStorage.setItem(key, JSON.stringify(Object.fromEntries(Object.entries(drafts.value).filter(([each]) => keeps(ofPlace(each).group)))));
}

/** Begins with what is kept here, and takes over what the server has. */
export function openDrafts(person: string, may: (group: string) => boolean = () => true): void {
  keeps = may;
  key = `gj.drafts.${person}`;
  drafts.value = read();
}

/** Brings both sides to what was written last. Throws ApiError. */
export async function loadDrafts(): Promise<void> {
  const { drafts: found } = await get<{ drafts: DraftMark[] }>("/drafts");
  for (const one of found) applyDraft(one);
  for (const [group, one] of Object.entries(drafts.value)) if (one.unsaved) void save(group);
}

/** What stands in the composer now; the server gets it after a second of quiet. */
export function keepDraft(of: string, typed: string, quote: number | null, thread: number | null = null, picked: Mentioned = []): void {
  const group = placeOf(of, thread);
  const before = drafts.value[group];
  const text = typed.trim() ? typed : "";
  if ((before?.text ?? "") === text && (before?.quote ?? null) === quote) return;
  // Whatever the clock of another screen says: this was written after what is here.
  const mentions = picked.filter(([, name]) => text.includes(`@${name}`));
  set(group, { text, quote, at: Math.max(Date.now(), (before?.at ?? 0) + 1), unsaved: true, ...(mentions.length > 0 && { mentions }) });
  clearTimeout(timers.get(group));
  timers.set(group, setTimeout(() => void save(group), QUIET_MS));
}

/** The composer is left: what is not saved yet is saved at once. */
export function saveDraft(of: string, thread: number | null = null): void {
  const group = placeOf(of, thread);
  if (drafts.value[group]?.unsaved) void save(group);
}

async function save(group: string): Promise<void> {
  clearTimeout(timers.get(group));
  const one = drafts.value[group];
  if (!one) return;
  try {
    const place = ofPlace(group);
    await put(`/groups/${part(place.group)}/draft`, { text: one.text, quote: one.quote, at: one.at, ...(place.thread !== null && { thread: place.thread }) });
    settle(group, one);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // It stays here, and goes with the next change or when the page comes back. Where the group is gone, so is its draft.
    if (error.status === 404) settle(group, one);
  }
}
function settle(group: string, sent: Kept): void {
  if (drafts.value[group] === sent) set(group, saved(sent));
}
function saved({ unsaved: _, ...one }: Kept): Kept {
  return one;
}

/** A draft as the server has it, from this screen or another one. */
export function applyDraft(one: DraftMark): void {
  const place = placeOf(one.group, one.thread);
  const before = drafts.value[place];
  const same = before?.text === one.text && (before.quote ?? null) === one.quote;
  if (same) {
    if (!before.unsaved) return;
    return set(place, saved(before));
  }
  if (before && before.at >= one.at) return;
  set(place, { text: one.text, quote: one.quote, at: one.at });
  arrived.value = { group: one.group, thread: one.thread, text: one.text };
}

/** Saves what the server has not got yet, for as long as the session holds. */
export async function saveDrafts(): Promise<void> {
  await Promise.all(Object.entries(drafts.value).filter(([, one]) => one.unsaved).map(([group]) => save(group)));
}
/** Leaves nothing of them in this browser, which others may use. */
export function forgetDrafts(): void {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  drafts.value = {};
  if (key) localStorage.removeItem(key);
}
