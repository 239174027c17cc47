/** Keeps the state on this device as it changes, and clears it when it must go. One page at a time writes. */
import type { Device, Me } from "../api/types.ts";
import { KEPT } from "../lib/contacts.ts";
import { randomId } from "../lib/text.ts";
import { hangs, within } from "./cupboard.ts";
import type { Shelf } from "./cupboard.ts";
import { fromKept, toKeep } from "./kept.ts";
import type { Kept, Mark } from "./kept.ts";
import type { ClientState, Row, Timeline } from "./reducer.ts";

const PAUSE_MS = 1000;
/** Another page that wrote so lately goes on doing so. */
const OTHERS_MS = 10_000;
const KEY = "mark";
const writer = randomId();
let written: { rows: Map<string, Row>; timelines: Map<string, Timeline> } | null = null;
let sources: Map<Timeline, Timeline> = new Map();
let timer: ReturnType<typeof setTimeout> | undefined;
let latest: (() => { state: ClientState; me: Me; device: Device } | null) | undefined;

/** What was kept by the last session here; null when there is nothing that may be shown. */
export async function readKept(): Promise<{ mark: Mark; state: ClientState } | null> {
  const found = await within("readonly", async (shelf) => {
    const mark = await shelf.get<Mark>("mark", KEY);
    if (mark === undefined) return null;
    const [rows, timelines] = await Promise.all([shelf.entries<Row>("rows"), shelf.entries<Timeline>("timelines")]);
    return { mark, kept: { rows: Object.fromEntries(rows), timelines: Object.fromEntries(timelines) } };
  });
  if (!found) return null;
  const state = fromKept(found.mark, found.kept, Date.now());
  if (state !== null) return { mark: found.mark, state };
  // What may not be shown any more must not lie here either, whoever signs in next or nobody.
  await within("readwrite", (shelf) => {
    shelf.empty("rows");
    shelf.empty("timelines");
    shelf.drop("mark", KEPT);
    return Promise.resolve();
  });
  return null;
}

/** Keeps what `read` says, soon; called whenever it may have changed. */
export function keepSoon(read: NonNullable<typeof latest>): void {
  latest = read;
  timer ??= setTimeout(() => void keepNow(), PAUSE_MS);
}
/** With `last` this page is about to go: the next one need not wait for it. */
export async function keepNow(last = false): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const found = latest?.();
  if (!found) return;
  if (hangs()) {
    // It would have to hold every state that there was until it answers.
    timer = setTimeout(() => void keepNow(), PAUSE_MS);
    return;
  }
  const kept = toKeep(found.state, found.device, sources);
  const mark: Mark = { epoch: found.device.epoch, me: found.me, device: found.device, position: found.state.position, at: Date.now(), writer: last ? "" : writer };
  const done = await within("readwrite", async (shelf) => {
    const before = await shelf.get<Mark>("mark", KEY);
    if (before?.epoch === mark.epoch && before.ended) return null;
    if (before?.epoch === mark.epoch && before.writer && before.writer !== writer && Date.now() - before.at < OTHERS_MS) {
      timer ??= setTimeout(() => void keepNow(), OTHERS_MS);
      return null;
    }
    const goesOn = before?.epoch === mark.epoch && before.writer === writer;
    if (!goesOn || written === null) {
      shelf.empty("rows");
      shelf.empty("timelines");
    }
    shelf.put("mark", KEY, mark);
    return write(shelf, kept, goesOn ? written : null);
  });
  // Where nothing of it was kept, or nobody knows yet, all of it is the next time.
  written = done;
  sources = new Map(Object.entries(kept.timelines).flatMap(([id, one]) => (found.state.timelines[id] ? [[found.state.timelines[id], one]] : [])));
}

/** Only what has changed since `before`, which this page wrote last. */
function write(shelf: Shelf, kept: Kept, before: typeof written): NonNullable<typeof written> {
  const now = { rows: new Map(Object.entries(kept.rows)), timelines: new Map(Object.entries(kept.timelines)) };
  for (const drawer of ["rows", "timelines"] as const) {
    for (const [group, one] of now[drawer]) if (before?.[drawer].get(group) !== one) shelf.put(drawer, group, one);
    for (const group of before?.[drawer].keys() ?? []) if (!now[drawer].has(group)) shelf.drop(drawer, group);
  }
  return now;
}

/** Clears what is kept. With an epoch nothing is kept under it any more, whatever other pages do. */
export async function clearKept(epoch: string | null): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  written = null;
  await within("readwrite", async (shelf) => {
    const before = await shelf.get<Mark>("mark", KEY);
    shelf.empty("rows");
    shelf.empty("timelines");
    shelf.empty("mark");
    const ended = epoch ?? before?.epoch;
    if (ended !== undefined) shelf.put("mark", KEY, { epoch: ended, ended: true });
  });
}
