/** What I have written and the server has not confirmed yet. Kept across reloads; a retry carries the same cmid, so nothing is sent twice. */
import { shallowRef } from "vue";
import type { Chosen } from "../api/order.ts";
import type { Body, ClauseMark, FileMark, Quote } from "../api/types.ts";

export interface Waiting {
  cmid: string;
  group: string;
  text: string;
  mentions: string[];
  quote: Quote | null;
  files?: FileMark[];
  /** The first message of the thread that it is a reply in. */
  thread?: number;
  /** Of a mention of everybody: how many people I was told that it reaches. */
  members?: number;
  /** By which template it was written; `text` is then made of its parts. */
  template?: Chosen;
  at: number;
  state: "waiting" | "failed" | "warned";
  error?: { code: string; message: string; clause: ClauseMark | null; members?: number; retry_after?: number; missing?: string[]; attachment?: boolean };
  /** What a rule warns of; nothing was recorded, and it goes out once I stand by it. */
  warning?: { confirm: string; clause: ClauseMark | null; words: string[] };
  /** The rule set under whose warning I stand by it. */
  confirm?: string;
  /** It went into the socket at least once: while the link is down, nobody here knows whether it arrived. */
  tried?: boolean;
  /** The ledger position from the receipt: the entry goes when the timeline has come that far. */
  position?: number;
}

export const outbox = shallowRef<readonly Waiting[]>([]);
let key = "";

export function bodyOf(one: Waiting): Body {
  const body: Body = one.template ? { text: "", template: one.template } : { text: one.text };
  if (one.mentions.length > 0) body.mentions = one.mentions;
  if (one.quote !== null) body.quote = one.quote.position;
  if (one.files?.length) body.files = one.files.map((file) => file.id);
  if (one.thread !== undefined) body.thread = one.thread;
  if (one.members !== undefined) body.members = one.members;
  if (one.confirm !== undefined) body.confirm = one.confirm;
  return body;
}

function read(): readonly Waiting[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]") as Waiting[];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Every change starts from what is stored, because another tab of the same person writes there as well. */
function change(by: (list: readonly Waiting[]) => readonly Waiting[]): void {
  outbox.value = by(read());
  localStorage.setItem(key, JSON.stringify(outbox.value));
}

export function openOutbox(person: string): void {
  key = `gj.outbox.${person}`;
  outbox.value = read();
}
addEventListener("storage", (event) => {
  if (event.key === key) outbox.value = read();
});

export const put = (one: Waiting): void => change((list) => [...list, one]);
export const drop = (cmid: string): void => {
  if (outbox.value.some((one) => one.cmid === cmid)) change((list) => list.filter((one) => one.cmid !== cmid));
};
export const update = (cmid: string, by: Partial<Waiting>): void =>
  change((list) => list.map((one) => (one.cmid === cmid ? { ...one, ...by } : one)));
export function retry(cmid: string): void {
  change((list) => list.map(({ error: _, ...one }) => (one.cmid === cmid ? { ...one, state: "waiting" } : { ...one, ...(_ && { error: _ }) })));
}
/** Drops what the timeline shows by now. */
export function settle(position: number, seen: ReadonlySet<string>): void {
  const done = (one: Waiting): boolean => seen.has(one.cmid) || (one.position !== undefined && one.position <= position);
  if (outbox.value.some(done)) change((list) => list.filter((one) => !done(one)));
}

export const draftKey = (person: string, group: string): string => `gj.draft.${person}.${group}`;

/** Gives up what waits, and leaves nothing of it in this browser. */
export function forgetOutbox(): void {
  outbox.value = [];
  if (key) localStorage.removeItem(key);
}
