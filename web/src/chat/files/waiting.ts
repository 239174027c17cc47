/**
 * Files that wait for the server and messages that wait for their files, also across reloads. One page has a file at a time: it holds a
 * lock on it, and another page of the same person takes over when that page is gone.
 */
import { watch } from "vue";
import { del } from "../../api/client.ts";
import { hangs, within } from "../../live/cupboard.ts";
import { heldFile, heldFiles, holdFile, letGo, noteFile } from "../../live/holding.ts";
import { drop, outbox, update } from "../../live/outbox.ts";
import type { Waiting } from "../../live/outbox.ts";
import { reads } from "../../live/reducer.ts";
import { sendWith } from "../../live/sending.ts";
import { device, me, myId, ready, starts, state } from "../../live/store.ts";
import { allPending, hide, moveFiles, pendingOf, removeFile, show, takeFiles } from "./pending.ts";
import type { Pending } from "./pending.ts";
import { upload } from "./upload.ts";

/** The files that this page has, or waits to have, each with what lets it go. */
const claims = new Map<string, AbortController>();

const daysOf = (group: string): number =>
  reads(state.value.conversations[group]?.group.me?.state) ? (device.value?.groups[group]?.days ?? 0) : 0;

/** Waits until no other page has the file; false when it was let go before. */
function claim(key: string): Promise<boolean> {
  const own = new AbortController();
  claims.set(key, own);
  // Without https there are no locks. Two pages may then send a file each; the message is one by its cmid all the same.
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((done) => {
    const held = (): Promise<void> => {
      done(!own.signal.aborted);
      return new Promise((end) => (own.signal.aborted ? end() : own.signal.addEventListener("abort", () => end())));
    };
    navigator.locks.request(`gj.file.${key}`, { signal: own.signal }, held).catch(() => done(false));
  });
}
function release(key: string): void {
  claims.get(key)?.abort();
  claims.delete(key);
}

async function hold(one: Pending): Promise<void> {
  const { key, box, group, name, kind, seconds, at, cmid, id, sha256 } = one;
  if (daysOf(group) === 0) {
    one.kept = "not";
    return;
  }
  one.kept = await holdFile({ key, person: myId(), box, group, name, kind, seconds, size: one.source.size, at, cmid, id, sha256 }, one.source);
}
/** A file that was just added: it is kept while it is on its way. */
export async function begin(one: Pending): Promise<void> {
  if (one.stopped) return;
  void claim(one.key);
  void hold(one);
  await run(one);
}
export async function run(one: Pending): Promise<void> {
  await upload(one);
  if (one.state === "ready" && !one.stopped && one.cmid !== null) goOn(one.cmid);
}
/** Nothing of it is needed here any more. */
export async function free(key: string): Promise<void> {
  await letGo([key]);
  release(key);
}
export function moved(list: readonly Pending[]): void {
  for (const one of list) {
    void noteFile(one.key, { cmid: one.cmid });
    if (one.state === "ready" && one.cmid !== null) goOn(one.cmid);
  }
}

const messageOf = (cmid: string): Waiting | undefined => outbox.value.find((one) => one.cmid === cmid);
/** Sends a message off when all the files that it waits for have arrived. */
function goOn(cmid: string): void {
  const message = messageOf(cmid);
  const list = pendingOf(cmid);
  if (message === undefined) for (const one of list) removeFile(one);
  else if (message.waits?.length && message.waits.every((key) => list.some((one) => one.key === key && one.file !== null))) {
    // First the outbox, then what is kept: whenever this page ends, one of them has the files.
    sendWith(cmid, list.flatMap((one) => (one.file ? [{ ...one.file, sha256: one.sha256 }] : [])));
    takeFiles(cmid);
  }
}
/** A file was taken back: its message goes without it, or not at all when nothing else is in it. */
export function removed(one: Pending): void {
  if (one.id !== null) del(`/uploads/${one.id}`).catch(() => undefined);
  const message = one.cmid === null ? undefined : messageOf(one.cmid);
  if (!message?.waits?.length) return;
  const waits = message.waits.filter((key) => key !== one.key);
  if (waits.length > 0) {
    update(message.cmid, { waits });
    goOn(message.cmid);
  } else if (message.text) sendWith(message.cmid, []);
  else drop(message.cmid);
}

/** Takes up what was left when the page was loaded the last time. What is here already goes on. */
export async function restore(): Promise<void> {
  const person = myId();
  const held = await heldFiles(person, daysOf, starts.value > 0);
  const keys = [...held.map((one) => one.key), ...outbox.value.flatMap((one) => one.waits ?? [])];
  for (const key of new Set(keys)) if (!claims.has(key) && person === myId()) void takeUp(key, person);
}
async function takeUp(key: string, person: string): Promise<void> {
  if (!(await claim(key))) return;
  const found = await heldFile(key);
  const message = await waitsFor(key);
  if (person !== myId()) return;
  // Nobody knows what is there. It is asked again with the next start.
  if (hangs()) return release(key);
  if (found === null || daysOf(found.held.group) === 0) {
    // Before the server has answered, a group that is not known may only be a new one.
    if (message !== null && (found === null || starts.value > 0)) update(message, { state: "failed", error: { code: "lost", message: "", clause: null } });
    return release(key);
  }
  // Its message went out, or was given up, just before the page ended.
  if (message === null && found.held.cmid !== null) return void free(key);
  const { box, name, kind, seconds, at, id, sha256 } = found.held;
  const one = show(box, found.source, name, kind, seconds, { key, cmid: message, at, id, sha256, kept: "kept", state: "paused" });
  if (message !== found.held.cmid) moveFiles([one], message);
  await run(one);
}
/** The message that waits for a file. Asks what is kept, for another page may have sent it just now. */
async function waitsFor(key: string): Promise<string | null> {
  const here = outbox.value.find((one) => one.waits?.includes(key));
  if (here === undefined) return null;
  const kept = await within("readonly", (shelf) => shelf.get<Waiting>("outbox", here.cmid));
  return kept?.waits?.includes(key) ? here.cmid : null;
}

/** The page shows nobody's files any more. What is kept stays for its owner. */
function close(): void {
  for (const one of allPending()) {
    one.stopped = true;
    hide(one);
  }
  for (const key of [...claims.keys()]) release(key);
}
watch(me, (now) => now === null && close(), { flush: "sync" });
/** What may not be kept any more, by other rules or because the membership has ended, goes at once. */
watch(() => (ready.value && starts.value > 0 ? allPending().filter((one) => one.kept === "kept" && daysOf(one.group) === 0) : []), (list) => {
  for (const one of list) one.kept = "not";
  void letGo(list.map((one) => one.key));
});
