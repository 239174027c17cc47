/**
 * Recorded data against the reducer: a snapshot plus the items after it must equal a fresh snapshot.
 *
 *   node test/instep.ts FILE
 *
 * FILE: `[{"me", "snapshot": {"position", "conversations", "timelines": {group: [item]}, "todo"}, "items": [item], "fresh": {…as snapshot…}}]`.
 * Exits 1 and prints every difference; exits 2 when the file holds nothing to compare.
 */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Conversation, Device, Item, Me } from "../src/api/types.ts";
import { fromKept, toKeep, withStart } from "../src/live/kept.ts";
import type { Kept } from "../src/live/kept.ts";
import { applyItem, fromSnapshot } from "../src/live/reducer.ts";
import type { ClientState, Row, Timeline } from "../src/live/reducer.ts";

interface Snapshot { position: number; conversations: Conversation[]; timelines: Record<string, Item[]>; todo: { approvals: number } }
export interface Recording { me: string; name?: string; snapshot: Snapshot; items: Item[]; fresh: Snapshot }

export function load(snapshot: Snapshot): ClientState {
  const timelines: Record<string, Timeline> = {};
  for (const [group, items] of Object.entries(snapshot.timelines)) timelines[group] = { items, more: false };
  return fromSnapshot(snapshot, timelines, { ...snapshot.todo, reviews: 0, notices: 0 });
}

function say(path: string, is: unknown, wanted: unknown, out: string[]): void {
  if (isDeepStrictEqual(is, wanted)) return;
  const both = [is, wanted].every((one) => typeof one === "object" && one !== null);
  if (!both) {
    out.push(`${path}: reducer ${JSON.stringify(is)}, fresh ${JSON.stringify(wanted)}`);
    return;
  }
  const [a, b] = [is as Record<string, unknown>, wanted as Record<string, unknown>];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) say(`${path}.${key}`, a[key], b[key], out);
}

/** The state after it was kept on a device, read at the next start, and given the rows of the first answer. */
function reloaded(state: ClientState, fresh: Snapshot): ClientState {
  const groups = Object.fromEntries(Object.keys(state.conversations).map((id) => [id, { days: 14, told: "text" as const }]));
  const device: Device = { epoch: "e", groups, notifications: { told: "sender" }, push_key: null };
  const kept = JSON.parse(JSON.stringify(toKeep(state, device))) as Kept;
  const mark = { epoch: "e", me: { todo: state.todo } as Me, device, position: state.position, at: 0, writer: "w" };
  return withStart(fromKept(mark, kept, 1) ?? { ...state, conversations: {}, timelines: {} }, fresh, state.todo);
}

/** The differences between what the reducer makes of a recording and its fresh snapshot, and how many things were compared. */
export function compare(recording: Recording): { differences: string[]; compared: number } {
  const { me, snapshot, items, fresh } = recording;
  const out: string[] = [];
  let compared = 0;
  let state = load(snapshot);
  // Where the page was closed: kept there, it must come to the same by what followed.
  const halts = new Set([0, 1, 2].map((n) => Math.floor((items.length * n) / 3)));
  const halted: ClientState[] = [];
  for (const [n, item] of items.entries()) {
    if (halts.has(n)) halted.push(state);
    state = applyItem(state, item, me);
    const again = applyItem(state, item, me);
    if (again !== state) out.push(`item ${item.position} (${item.kind}) changes the state when applied twice`);
  }
  compared += differ(state, recording, "", out);
  for (const one of halted) {
    const resumed = items.reduce((now, item) => applyItem(now, item, me), reloaded(one, fresh));
    compared += differ(resumed, recording, `kept at ${one.position}: `, out);
  }
  return { differences: out, compared };
}

function differ(state: ClientState, { me, snapshot, items, fresh }: Recording, when: string, out: string[]): number {
  let compared = 0;
  say(`${when}todo.approvals`, state.todo.approvals, fresh.todo.approvals, out);
  const rows = new Map(fresh.conversations.map((one) => [one.group.id, one]));
  for (const id of new Set([...rows.keys(), ...Object.keys(state.conversations)])) {
    const { at: _, ...row } = (state.conversations[id] ?? {}) as Row;
    const wanted = rows.get(id) ?? {};
    compared++;
    // An unsure row is read again by the client; what the reducer claims about it is its card only.
    if (state.unsure.includes(id)) say(`${when}conversations.${id}.group`, row.group, rows.get(id)?.group, out);
    else say(`${when}conversations.${id}`, row, wanted, out);
  }
  const mine = new Set(items.filter((one) =>
    (one.kind === "groups.member_changed" && one.person.id === me) || one.kind === "groups.rules_published" || one.kind === "groups.registered").map((one) => one.group));
  for (const id of new Set([...Object.keys(fresh.timelines), ...Object.keys(state.timelines)])) {
    const kept = state.timelines[id]?.items;
    // Not loaded is allowed only where my own place in the group changed: the client fetches it when it is opened.
    if (kept === undefined && (mine.has(id) || snapshot.timelines[id] === undefined)) continue;
    compared++;
    say(`${when}timelines.${id}`, kept, fresh.timelines[id], out);
  }
  return compared;
}

if (process.argv[1] === import.meta.filename) {
  const file = process.argv[2];
  if (file === undefined) {
    console.error("usage: node test/instep.ts FILE");
    process.exit(2);
  }
  const recordings = JSON.parse(readFileSync(file, "utf8")) as Recording[];
  let compared = 0;
  let bad = 0;
  for (const [n, recording] of recordings.entries()) {
    const found = compare(recording);
    compared += found.compared;
    bad += found.differences.length;
    for (const line of found.differences) console.error(`recording ${n} (${recording.name ?? recording.me}): ${line}`);
  }
  if (compared === 0) {
    console.error("nothing to compare");
    process.exit(2);
  }
  console.log(`${recordings.length} recordings, ${compared} rows and timelines compared, ${bad} differences`);
  process.exit(bad === 0 ? 0 : 1);
}
