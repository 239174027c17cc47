/** What I write goes to the outbox first, and from there into the socket for as long as the server has not confirmed it. */
import type { Body, FileMark, Message, Quote } from "../api/types.ts";
import { randomId } from "../lib/text.ts";
import { bodyOf, outbox, put, retry, update } from "./outbox.ts";
import type { Waiting } from "./outbox.ts";

/** Writes into the socket; false while there is none. */
let write: (cmid: string, group: string, body: Body) => boolean = () => false;
export function sendInto(run: typeof write): void {
  write = run;
}

/** What goes with a message besides its text: the thread it replies in, and how many people a mention of everybody reaches, how long it can be read, where its files come from. */
export type Along = Pick<Waiting, "thread" | "members" | "template" | "burn" | "corrects" | "waits" | "origin">;

export function sendMessage(group: string, text: string, mentions: string[], quote: Quote | null, files: FileMark[] = [], along: Along = {}): string {
  const one = { cmid: randomId(), group, text, mentions, quote, at: Date.now(), state: "waiting" as const, ...(files.length > 0 && { files }), ...along };
  put(one);
  sendOne(one);
  return one.cmid;
}
/** Puts right a message of mine, in the thread in which it stands. */
export const sendCorrection = (group: string, of: Message, text: string): string =>
  sendMessage(group, text, [], null, [], { corrects: of.position, ...(of.thread != null && { thread: of.thread }) });
/** Its files have reached the server, so nothing keeps it here any more. */
export function sendWith(cmid: string, files: FileMark[]): void {
  update(cmid, { files, waits: [], state: "waiting" });
  sendWaiting();
}
/** The rules have changed since its files were inspected: have that done again, then it goes. */
export async function lookAgain(cmid: string): Promise<void> {
  const files = outbox.value.find((one) => one.cmid === cmid)?.files ?? [];
  const { inspectAgain } = await import("./stale.ts");
  const ready = await inspectAgain(files).catch(() => false);
  if (ready) retryMessage(cmid);
  else update(cmid, { state: "failed", error: { code: "messaging.file_not_ready", message: "", clause: null } });
}
export function retryMessage(cmid: string): void {
  retry(cmid);
  sendWaiting();
}
/** The group has another number of people than I was told: send it to those of now. */
export function confirmMembers(cmid: string, members: number): void {
  update(cmid, { members });
  retryMessage(cmid);
}
/** Stand by a message that a rule warns of: it goes out, and the record says so. */
export function confirmMessage(cmid: string, answer: string): void {
  update(cmid, { state: "waiting", confirm: answer });
  sendWaiting();
}
export function sendWaiting(): void {
  for (const one of outbox.value) {
    if (one.state === "waiting" && one.position === undefined) sendOne(one);
  }
}
const AWAY_MS = 1500;
let later: ReturnType<typeof setTimeout> | undefined;
/** The server could not reach its database, or does not know whether it stored it: the same key goes out again until it is answered. */
export function sendLater(): void {
  later ??= setTimeout(() => {
    later = undefined;
    sendWaiting();
  }, AWAY_MS * (1 + Math.random()));
}
function sendOne(one: Waiting): void {
  if (one.waits?.length) return;
  if (write(one.cmid, one.group, bodyOf(one)) && !one.tried) update(one.cmid, { tried: true });
}
