/** Files that were added to a group's composer and are not sent yet. They go on uploading while another group is open. */
import { shallowReactive } from "vue";
import type { FileKind, FileMark } from "../../api/types.ts";

export interface Pending {
  key: number;
  /** The composer that it was added to. */
  box: string;
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
let serial = 0;

export const pendingOf = (box: string): readonly Pending[] => lists.get(box) ?? [];
const set = (box: string, list: readonly Pending[]): void => void lists.set(box, list);

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** Adds files and begins to upload them; false when there were too many. */
export function addFiles(box: string, files: Iterable<File>): boolean {
  const room = MOST - pendingOf(box).length;
  const list = [...files];
  for (const one of list.slice(0, Math.max(0, room))) void add(box, one, one.name || "image.png", PICTURES.includes(one.type) ? "image" : "file", null);
  return list.length <= room;
}

export async function add(box: string, source: Blob, name: string, kind: FileKind, seconds: number | null): Promise<Pending> {
  const one = shallowReactive<Pending>({
    key: ++serial, box, group: box.split("/")[0] ?? box, source, name: name.slice(-190), kind, seconds, picture: kind === "image" ? URL.createObjectURL(source) : null,
    state: "sending", sent: 0, why: "", id: null, sha256: "", file: null, stopped: false,
  });
  if (kind !== "voice") set(box, [...pendingOf(box), one]);
  await start(one);
  return one;
}

export async function start(one: Pending): Promise<void> {
  const { upload } = await import("./upload.ts");
  await upload(one);
}

function forget(one: Pending): void {
  if (one.picture) URL.revokeObjectURL(one.picture);
  set(one.box, pendingOf(one.box).filter((other) => other.key !== one.key));
}
export function removeFile(one: Pending): void {
  one.stopped = true;
  forget(one);
  if (one.id !== null) void import("../../api/client.ts").then(({ del }) => del(`/uploads/${one.id}`).catch(() => undefined));
}
/** Takes the files that are ready along with a message. */
export function takeFiles(box: string): FileMark[] {
  const list = pendingOf(box);
  for (const one of list) forget(one);
  return list.flatMap((one) => (one.file ? [{ ...one.file, sha256: one.sha256 }] : []));
}
