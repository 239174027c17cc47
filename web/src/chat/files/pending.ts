/** Files that were added to a group's composer and are not sent yet. They go on uploading while another group is open. */
import { shallowReactive } from "vue";
import type { FileKind, FileMark } from "../../api/types.ts";
import { randomId } from "../../lib/text.ts";
import type { Kept } from "../../live/holding.ts";

export interface Pending {
  key: string;
  /** The composer that it was added to. */
  box: string;
  /** The message that waits for it, once that was sent off. */
  cmid: string | null;
  at: number;
  /** Whether this device keeps it beyond a reload; null while that is being tried. */
  kept: Kept | null;
  group: string;
  source: Blob;
  name: string;
  kind: FileKind;
  seconds: number | null;
  /** For a picture, what to show of it. */
  picture: string | null;
  state: "sending" | "paused" | "inspecting" | "ready" | "failed";
  sent: number;
  why: string;
  id: string | null;
  sha256: string;
  file: FileMark | null;
  stopped: boolean;
}

export const MOST = 9;
/** The composer of a group, or of one of its threads. */
export const boxOf = (group: string, thread?: number): string => (thread === undefined ? group : `${group}/${thread}`);
const lists = shallowReactive(new Map<string, readonly Pending[]>());
let last = 0;

/** What was added to a composer, or goes with a message (by its `cmid`). */
export const pendingOf = (place: string): readonly Pending[] => lists.get(place) ?? [];
export const allPending = (): Pending[] => [...lists.values()].flat();
const set = (place: string, list: readonly Pending[]): void => void (list.length > 0 ? lists.set(place, list) : lists.delete(place));
const placeOf = (one: Pending): string => one.cmid ?? one.box;
const waiting = () => import("./waiting.ts");

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** Adds files and begins to upload them; false when there were too many. */
export function addFiles(box: string, files: Iterable<File>): boolean {
  const room = MOST - pendingOf(box).length;
  const list = [...files];
  for (const one of list.slice(0, Math.max(0, room))) add(box, one, one.name || "image.png", PICTURES.includes(one.type) ? "image" : "file", null);
  return list.length <= room;
}

/** What a file is at its beginning, or where it was left before a reload. */
export function show(box: string, source: Blob, name: string, kind: FileKind, seconds: number | null, left: Partial<Pending> = {}): Pending {
  last = Math.max(last + 1, Date.now());
  const one = shallowReactive<Pending>({
    key: randomId(), box, cmid: null, at: last, kept: null, group: box.split("/")[0] ?? box, source, name: name.slice(-190), kind, seconds,
    picture: kind === "image" ? URL.createObjectURL(source) : null, state: "sending", sent: 0, why: "", id: null, sha256: "", file: null, stopped: false, ...left,
  });
  set(placeOf(one), [...pendingOf(placeOf(one)), one].sort((a, b) => a.at - b.at));
  return one;
}
export function add(box: string, source: Blob, name: string, kind: FileKind, seconds: number | null): Pending {
  const one = show(box, source, name, kind, seconds);
  void waiting().then(({ begin }) => begin(one));
  return one;
}
/** Files that have reached the server come back to a composer with the words that they were sent with. */
export function putBack(box: string, files: readonly FileMark[]): void {
  for (const file of files) show(box, new Blob(), file.name, "file", null, { kind: file.kind, file, sha256: file.sha256 ?? "", id: file.id, state: "ready", sent: 1 });
}
export function start(one: Pending): void {
  if (one.state !== "failed") return;
  one.state = "sending";
  void waiting().then(({ run }) => run(one));
}

/** Takes it off the screen; what is kept of it stays. */
export function hide(one: Pending): void {
  if (one.picture) URL.revokeObjectURL(one.picture);
  set(placeOf(one), pendingOf(placeOf(one)).filter((other) => other.key !== one.key));
}
function forget(one: Pending): void {
  hide(one);
  void waiting().then(({ free }) => free(one.key));
}
export function removeFile(one: Pending): void {
  one.stopped = true;
  forget(one);
  void waiting().then(({ removed }) => removed(one));
}
/** Takes the files that are ready along with a message. */
export function takeFiles(place: string): FileMark[] {
  const list = pendingOf(place);
  for (const one of list) forget(one);
  return list.flatMap((one) => (one.file ? [{ ...one.file, sha256: one.sha256 }] : []));
}
/** What has reached the server of a composer's files. */
export const idsIn = (place: string): string[] => pendingOf(place).flatMap((one) => (one.file ? [one.file.id] : []));
/** A message that waits for its time has taken these along. */
export function leaveFiles(place: string, ids: readonly string[] = []): void {
  for (const one of pendingOf(place)) if (one.file && ids.includes(one.file.id)) forget(one);
}
/** They go with a message that waits for them, or back to their composer. */
export function moveFiles(list: readonly Pending[], cmid: string | null): void {
  for (const one of list) {
    set(placeOf(one), pendingOf(placeOf(one)).filter((other) => other !== one));
    one.cmid = cmid;
    set(placeOf(one), [...pendingOf(placeOf(one)), one]);
  }
  void waiting().then(({ moved }) => moved(list));
}
