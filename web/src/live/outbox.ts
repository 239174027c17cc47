/** What I have written and the server has not confirmed yet. Kept across reloads; a retry carries the same cmid, so nothing is sent twice. */
import { shallowRef } from "vue";
import type { Chosen } from "../api/order.ts";
import type { Origin } from "../api/origin.ts";
import type { Body, ClauseMark, FileMark, PaceLimit, Quote } from "../api/types.ts";
import { hangs, within } from "./cupboard.ts";
import type { Shelf } from "./cupboard.ts";

export interface Waiting {
  cmid: string;
  group: string;
  text: string;
  mentions: string[];
  quote: Quote | null;
  files?: FileMark[];
  /** The keys of its files while not all of them have reached the server; it goes once they have. */
  waits?: string[];
  /** Where its files come from. */
  origin?: Origin;
  /** The first message of the thread that it is a reply in. */
  thread?: number;
  /** It burns after so many seconds of reading; then this page's memory alone keeps it. */
  burn?: number;
  /** It puts right what I wrote there. */
  corrects?: number;
  /** Of a mention of everybody: how many people I was told that it reaches. */
  members?: number;
  /** By which template it was written; `text` is then made of its parts. */
  template?: Chosen;
  at: number;
  state: "waiting" | "failed" | "warned";
  error?: { code: string; message: string; clause: ClauseMark | null; members?: number; retry_after?: number; missing?: string[]; attachment?: boolean };
  /** What a rule warns of; nothing was recorded, and it goes out once I stand by it. */
  warning?: { confirm: string; clause: ClauseMark | null; words: string[]; limit?: PaceLimit | null };
  /** The rule set under whose warning I stand by it. */
  confirm?: string;
  /** It went into the socket at least once: while the link is down, nobody here knows whether it arrived. */
  tried?: boolean;
  /** The ledger position from the receipt: the entry goes when the timeline has come that far. */
  position?: number;
}

export const outbox = shallowRef<readonly Waiting[]>([]);
let owner = "";
/** Whether what is written in a group may be kept on this device; where not, it lives as long as the page. */
let keeps: (group: string) => boolean = () => true;
const stores = (one: Waiting): boolean => keeps(one.group) && one.burn === undefined;
/** Counts the changes made here, so that an older reading does not undo them. */
let changes = 0;
/** Those of which this device has a copy: what is not among them is in this page's memory alone, whatever the rules allow by now. */
const copied = new Set<string>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("gj.outbox");
if (channel) channel.onmessage = () => void readOutbox();

export function bodyOf(one: Waiting): Body {
  const body: Body = one.template ? { text: "", template: one.template } : { text: one.text };
  if (one.mentions.length > 0) body.mentions = one.mentions;
  if (one.quote !== null) body.quote = one.quote.position;
  if (one.files?.length) body.files = one.files.map((file) => file.id);
  if (one.files?.length && one.origin !== undefined) body.origin = one.origin;
  if (one.thread !== undefined) body.thread = one.thread;
  if (one.members !== undefined) body.members = one.members;
  if (one.burn !== undefined) body.burn = one.burn;
  if (one.corrects !== undefined) body.corrects = one.corrects;
  if (one.confirm !== undefined) body.confirm = one.confirm;
  return body;
}

/** Each message is kept under its own key, for other pages of the same person write there as well. */
async function save(write: (shelf: Shelf) => true): Promise<boolean> {
  const done = await within("readwrite", write);
  channel?.postMessage(0);
  return done ?? false;
}
function change(list: readonly Waiting[]): void {
  changes++;
  const before = new Map(outbox.value.map((one) => [one.cmid, one]));
  outbox.value = list;
  const now = new Map(list.map((one) => [one.cmid, one]));
  const fresh = list.filter((one) => before.get(one.cmid) !== one && stores(one));
  const barred = list.filter((one) => copied.has(one.cmid) && !stores(one)).map((one) => one.cmid);
  const gone = [...[...before.keys()].filter((cmid) => !now.has(cmid)), ...barred];
  for (const cmid of barred) copied.delete(cmid);
  if (fresh.length + gone.length === 0) return;
  const person = owner;
  void save((shelf) => {
    for (const one of fresh) shelf.put("outbox", one.cmid, { ...one, person });
    for (const cmid of gone) shelf.drop("outbox", cmid);
    return true;
  }).then((done) => {
    for (const one of done ? fresh : []) copied.add(one.cmid);
  });
}

const LATER_MS = 5000;
let later: ReturnType<typeof setTimeout> | undefined;
interface Stored extends Waiting { person: string }
async function readOutbox(): Promise<void> {
  const before = changes;
  const found = await within("readonly", (shelf) => shelf.all<Stored>("outbox"));
  if (found === null) {
    // What waits there goes out once it can be read.
    if (hangs()) later ??= setTimeout(() => void ((later = undefined), readOutbox()), LATER_MS);
    return;
  }
  if (before !== changes) return readOutbox();
  const mine = found.filter((one) => one.person === owner).map(({ person: _, ...one }) => one);
  const stored = new Set(mine.map((one) => one.cmid));
  for (const cmid of stored) copied.add(cmid);
  outbox.value = [...mine, ...outbox.value.filter((one) => !stored.has(one.cmid) && !copied.has(one.cmid))].sort((a, b) => a.at - b.at);
}

/** Begins with what waits here; `may` says whether what is written in a group may be kept on this device. */
export async function openOutbox(person: string, may: (group: string) => boolean): Promise<void> {
  keeps = may;
  if (owner === person) return;
  owner = person;
  outbox.value = [];
  await readOutbox();
}

export const put = (one: Waiting): void => change([...outbox.value, one]);
export const drop = (cmid: string): void => {
  if (outbox.value.some((one) => one.cmid === cmid)) change(outbox.value.filter((one) => one.cmid !== cmid));
};
export const update = (cmid: string, by: Partial<Waiting>): void =>
  change(outbox.value.map((one) => (one.cmid === cmid ? { ...one, ...by } : one)));
export function retry(cmid: string): void {
  change(outbox.value.map((one) => {
    if (one.cmid !== cmid) return one;
    const { error: _, ...rest } = one;
    return { ...rest, state: "waiting" as const };
  }));
}
/** Drops what the timeline shows by now. */
export function settle(position: number, seen: ReadonlySet<string>): void {
  const done = (one: Waiting): boolean => seen.has(one.cmid) || (one.position !== undefined && one.position <= position);
  if (outbox.value.some(done)) change(outbox.value.filter((one) => !done(one)));
}

/** Counts, when it is asked, how many of the messages that wait now have no copy here and go with the page: one may be on its way there. */
export function unkept(): () => number {
  const waiting = outbox.value.filter((one) => one.position === undefined);
  return () => waiting.filter((one) => !copied.has(one.cmid)).length;
}
/** The page shows nobody's messages any more; what waits stays for its writer. */
export function closeOutbox(): void {
  owner = "";
  outbox.value = [];
}

/** Gives up what a person has waiting, and leaves nothing of it in this browser. */
export async function forgetOutbox(person: string): Promise<void> {
  closeOutbox();
  changes++;
  const theirs = async (shelf: Shelf, drawer: "outbox" | "files"): Promise<string[]> =>
    (await shelf.entries<{ person: string }>(drawer)).flatMap(([key, one]) => (one.person === person ? [key] : []));
  await within("readwrite", async (shelf) => {
    const [messages, files] = await Promise.all([theirs(shelf, "outbox"), theirs(shelf, "files")]);
    for (const key of messages) shelf.drop("outbox", key);
    for (const key of files) for (const drawer of ["files", "blobs"] as const) shelf.drop(drawer, key);
  });
  channel?.postMessage(0);
}
