/**
 * What I began to write, by group and by thread: kept here across reloads. The server keeps for my other screens of each place the one
 * that was written last; one with an empty text was given up. Until it is known what the server has nothing is saved there: it may
 * have a longer one that nobody has seen here, and what was typed meanwhile then stands behind that.
 */
import { shallowRef } from "vue";
import { ApiError, at as part, get, put } from "../api/client.ts";
import type { DraftMark } from "../api/types.ts";

interface Kept { text: string; quote: number | null; at: number; /** The server has not got it yet. */ unsaved?: boolean; /** Whom it mentions, each by id and name. */ mentions?: Mentioned; /** What it was begun upon, while it was not known what the server has. */ upon?: { text: string; at: number } }
type Mentioned = readonly (readonly [id: string, name: string])[];

export const drafts = shallowRef<Readonly<Record<string, Kept>>>({});
const QUIET_MS = 1000;
const timers = new Map<string, ReturnType<typeof setTimeout>>();
let key = "";
let known = false;
let learning: Promise<void> | null = null;
/** Where an input method composes, and the last draft that came for there meanwhile: the field cannot show it yet. */
let composing: string | null = null;
let waiting: DraftMark | null = null;

/** Where a draft of a group, or of a thread in it, is kept; an id of a group has no such sign. */
const placeOf = (group: string, thread: number | null): string => (thread === null ? group : `${group}/${thread}`);
function ofPlace(place: string): { group: string; thread: number | null } {
  const [group = "", thread] = place.split("/");
  return { group, thread: thread === undefined ? null : Number(thread) };
}
export const draftOf = (group: string, thread: number | null = null): string => drafts.value[placeOf(group, thread)]?.text ?? "";
/** What a list shows: the draft of the group itself, or else the newest one of its threads. */
export function draftIn(group: string): string {
  const own = draftOf(group);
  if (own) return own;
  const inside = Object.entries(drafts.value).filter(([place, one]) => one.text !== "" && place.startsWith(`${group}/`));
  return inside.reduce<Kept | null>((best, [, one]) => (best && best.at >= one.at ? best : one), null)?.text ?? "";
}
export const quoteOf = (group: string, thread: number | null = null): number | null => drafts.value[placeOf(group, thread)]?.quote ?? null;
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
  missDrafts();
  keeps = may;
  key = `gj.drafts.${person}`;
  drafts.value = read();
}

/** Other screens may write from now on without this one being told. */
export function missDrafts(): void {
  known = false;
  learning = null;
}
/** Brings both sides to what was written last. Throws ApiError. */
export function loadDrafts(): Promise<void> {
  if (learning !== null) return learning;
  const own: Promise<void> = get<{ drafts: DraftMark[] }>("/drafts")
    .then(({ drafts: found }) => {
      if (learning !== own) return;
      for (const one of found) applyDraft(one);
      known = true;
      for (const [place, one] of Object.entries(drafts.value)) if (one.upon && place !== composing) set(place, followed(one));
      return saveDrafts();
    })
    .finally(() => {
      if (learning === own) learning = null;
    });
  return (learning = own);
}
/** The same, unless nothing was missed. */
export const catchUp = (): Promise<void> => (known ? Promise.resolve() : loadDrafts());

/** What stands in the composer now; the server gets it after a second of quiet. */
export function keepDraft(of: string, typed: string, quote: number | null, thread: number | null = null, picked: Mentioned = []): void {
  const group = placeOf(of, thread);
  const before = drafts.value[group];
  const text = typed.trim() ? typed : "";
  if ((before?.text ?? "") === text && (before?.quote ?? null) === quote) return;
  const mentions = picked.filter(([, name]) => text.includes(`@${name}`));
  const upon = before?.upon ?? (known && waiting === null ? null : { text: before?.text ?? "", at: before?.at ?? 0 });
  set(group, { text, quote, at: later(before), unsaved: true, ...(mentions.length > 0 && { mentions }), ...(upon && { upon }) });
  saveSoon(group);
}
/** Whatever the clock of another screen says: what is written here was written after what is here. */
const later = (...than: (DraftMark | Kept | undefined)[]): number => Math.max(Date.now(), ...than.map((one) => (one?.at ?? 0) + 1));
function saveSoon(place: string): void {
  clearTimeout(timers.get(place));
  timers.set(place, setTimeout(() => void save(place), QUIET_MS));
}

/** The composer is left: what is not saved yet is saved at once. */
export function saveDraft(of: string, thread: number | null = null): void {
  const group = placeOf(of, thread);
  if (drafts.value[group]?.unsaved) void save(group);
}

async function save(group: string): Promise<void> {
  clearTimeout(timers.get(group));
  if (!known) return void (await loadDrafts().catch(unanswered));
  const one = drafts.value[group];
  if (!one?.unsaved || one.upon) return;
  try {
    const place = ofPlace(group);
    await put(`/groups/${part(place.group)}/draft`, { text: one.text, quote: one.quote, at: one.at, ...(place.thread !== null && { thread: place.thread }), ...(one.mentions && { mentions: one.mentions.map(([id, name]) => ({ id, name })) }) });
    settle(group, one);
  } catch (error) {
    // It stays here, and goes with the next change or when the page comes back. Where the group is gone, so is its draft.
    if (unanswered(error).status === 404) settle(group, one);
  }
}
function unanswered(error: unknown): ApiError {
  if (!(error instanceof ApiError)) throw error;
  return error;
}
function settle(group: string, sent: Kept): void {
  if (drafts.value[group] === sent) set(group, saved(sent));
}
function saved({ unsaved: _, ...one }: Kept): Kept {
  return followed(one);
}
function followed({ upon: _, ...one }: Kept): Kept {
  return one;
}

/** A draft as the server has it, from this screen or another one. */
export function applyDraft(one: DraftMark): void {
  const place = placeOf(one.group, one.thread);
  if (place === composing) return void (waiting = one);
  const before = drafts.value[place];
  const same = before?.text === one.text && (before.quote ?? null) === one.quote;
  if (same) {
    if (!before.unsaved) return;
    return set(place, saved(before));
  }
  const { upon } = before ?? {};
  if (before && upon) {
    const unseen = one.text !== "" && one.text !== upon.text && one.at > upon.at;
    set(place, unseen ? behind(one, before, upon.text) : followed(before));
    return saveSoon(place);
  }
  if (before && before.at >= one.at) return;
  set(place, came(one));
}
function came({ text, quote, at, mentions = [] }: DraftMark): Kept {
  return { text, quote, at, ...(mentions.length > 0 && { mentions: mentions.map(({ id, name }) => [id, name] as const) }) };
}
/** What was typed here upon an older text, behind a draft that was not seen before. */
function behind(one: DraftMark, mine: Kept, upon: string): Kept {
  const typed = (mine.text.startsWith(upon) ? mine.text.slice(upon.length) : mine.text).trim();
  const theirs = came(one);
  if (typed === "") return theirs;
  const mentions = [...(theirs.mentions ?? []), ...(mine.mentions ?? [])];
  return { text: `${one.text.trimEnd()}\n${typed}`, quote: mine.quote ?? one.quote, at: later(mine, one), unsaved: true, ...(mentions.length > 0 && { mentions }) };
}
/** An input method begins or ends composing there. What comes meanwhile waits for its end. */
export function composeDraft(group: string, thread: number | null, now: boolean): void {
  const place = placeOf(group, thread);
  if (now) composing = place;
  else if (composing === place) {
    const one = waiting;
    composing = waiting = null;
    if (one) applyDraft(one);
    else if (known && drafts.value[place]?.upon) {
      set(place, followed(drafts.value[place]));
      saveSoon(place);
    }
  }
}

/** Saves what the server has not got yet, for as long as the session holds. */
export async function saveDrafts(): Promise<void> {
  await Promise.all(Object.entries(drafts.value).filter(([, one]) => one.unsaved).map(([group]) => save(group)));
}
/** Leaves nothing of them in this browser, which others may use. */
export function forgetDrafts(): void {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  missDrafts();
  composing = waiting = null;
  drafts.value = {};
  if (key) localStorage.removeItem(key);
}
