/** What the server knows and this page shows: who I am, my conversations, the open timelines, the link. Changes only through the reducer. */
import { computed, ref, shallowRef, watch } from "vue";
import { ApiError, get, whenSignedOut } from "../api/client.ts";
import type { Conversations, Device, Item, Me, OwnQuiet, ServerFrame, Start } from "../api/types.ts";
import { Connection } from "./connection.ts";
import { link } from "../lib/line.ts";
import { applyDraft, catchUp, forgetDrafts, loadDrafts, missDrafts, openDrafts, saveDrafts } from "./drafts.ts";
import { clearKept, keepNow, keepSoon, readKept } from "./keeping.ts";
import { mayKeep, withStart } from "./kept.ts";
import { watchHead } from "./headwatch.ts";
import { followCalls, loadCalls } from "./calls.ts";
import { countMoved, isNewer, REVIEW_KINDS, rostersOf } from "./counts.ts";
import { applySeen } from "./reads.ts";
import { tellWork } from "./work.ts";
import { beginAt, noted, noting, readWith, remember, setBack, since } from "./recent.ts";
import { loadScheduled } from "./scheduled.ts";
import { closeOutbox, forgetOutbox, openOutbox, settle, unkept, update } from "./outbox.ts";
import { lookAgain, sendInto, sendLater, sendWaiting } from "./sending.ts";
import { applyItem, applyRead, applySettings, EMPTY, fromSnapshot, isMessage, renamed, withRows } from "./reducer.ts";
import type { ClientState } from "./reducer.ts";

export const me = shallowRef<Me | null>(null);
/** What this browser may keep and show. */
export const device = shallowRef<Device | null>(null);
export const state = shallowRef<ClientState>(EMPTY);
export { link };
export const ready = ref(false);
export const startError = shallowRef<ApiError | null>(null);
/** The position of the last item of each kind of thing; pages that show such a thing read it again when it moves. */
export const moved = shallowRef<{ approvals: number; notices: number; reviews: number; policy: number; frozen: number; barriers: number; groups: Record<string, number> }>({ approvals: 0, notices: 0, reviews: 0, policy: 0, frozen: 0, barriers: 0, groups: {} });
/** A notice of which I was reminded just now; null once I have been to it. */
export const reminder = shallowRef<{ id: string; title: string } | null>(null);
/** My quiet hours as another screen of mine changed them; undefined while none did. */
export const ownQuiet = shallowRef<OwnQuiet | null | undefined>(undefined);
/** Counts changes of what I put aside, on any screen of mine. */
export const savedMoved = ref(0);

export const unreadTotal = computed(() => Object.values(state.value.conversations).reduce((sum, one) => sum + (one.muted ? 0 : one.unread), 0));
export const myId = (): string => me.value?.person.id ?? "";
export const can = (...names: string[]): boolean => names.some((one) => me.value?.capabilities.includes(one) || me.value?.roles.includes(one as never));

export { confirmMembers, confirmMessage, retryMessage, sendCorrection, sendMessage } from "./sending.ts";
export type { Along } from "./sending.ts";

let connection: Connection | null = null;
sendInto((cmid, group, body) => connection?.send(cmid, group, body) ?? false);
let signedOut: (other: boolean, lost: number) => void = () => undefined;
/** I am about to sign out, here and by myself. */
let leaving = false;
/** How far I have read, by group, while nothing says that the server has heard of it; `at` is when it was told last. */
const owed = new Map<string, { position: number; at: number }>();
/** The facts between the state and the socket's position are missing until a new snapshot has come: no cursor may be shown meanwhile. */
let stale = false;
/** What is shown was kept by this browser; the server has not said yet that it still holds. */
let provisional = false;
/** The first answer, once it is asked for. */
let asked: Promise<Start> | null = null;

/** Whoever shows more than the state holds (a thread, what is pinned) is told of every item, after the state has taken it. */
const listeners = new Set<(items: readonly Item[]) => void>();
export function onItems(run: (items: readonly Item[]) => void): () => void {
  listeners.add(run);
  return () => void listeners.delete(run);
}
/** Counts how often the server said all anew; what is kept is shown before it has said anything. */
export const starts = ref(0);
/** Counts how often everything had to be read again, because too much had happened to follow it item by item. */
export const resyncs = ref(0);
/** How many messages wait for my answer. Replies change it without an item of its own, so it is read again when something moves. */
export const toAnswer = computed(() => me.value?.todo.answers ?? 0);
/** How many questions wait for me, or for the unit that I head. */
export const toQuestion = computed(() => me.value?.todo.questions ?? 0);

/** `run` is called once this browser keeps nothing of the session; `other`: somebody else has one now; `lost`: so many unsent messages went. */
export function whenSessionEnds(run: typeof signedOut): void {
  signedOut = run;
  whenSignedOut(() => me.value !== null && ended());
}
function ended(other = false): void {
  if (leaving) return;
  const lost = unkept();
  void leave().then(() => signedOut(other, lost()));
}

const may = (group: string): boolean => mayKeep(device.value, group);

/** Loads who I am; null when there is no session. What this browser kept is shown at once, before the server has answered. */
export async function loadMe(): Promise<Me | null> {
  if (me.value !== null) return me.value;
  asked = get<Start>("/start");
  asked.catch(() => undefined);
  const kept = await readKept();
  if (kept !== null) {
    provisional = true;
    [me.value, device.value, state.value] = [kept.mark.me, kept.mark.device, kept.state];
    await openUnsent(kept.mark.me.person.id);
    ready.value = true;
    return me.value;
  }
  try {
    await adopt(await asked);
    return me.value;
  } catch (error) {
    asked = null;
    if (!(error instanceof ApiError)) throw error;
    startError.value = error.status === 401 ? null : error;
    if (error.status === 401) return null;
    throw error;
  }
}

let writing = "";
async function openUnsent(person: string): Promise<void> {
  if (writing === person) return;
  writing = person;
  openDrafts(person, may);
  await openOutbox(person, may);
}

export async function start(): Promise<void> {
  if (connection !== null || me.value === null) return;
  connection = new Connection({
    cursor: () => (ready.value && !stale ? state.value.position : null),
    frame: onFrame,
    state: (one) => {
      link.value = one;
      if (one === "offline") missDrafts();
    },
    ended,
  });
  if (provisional) await snapshot();
  else connection.open();
}
function again(): void {
  if (connection === null) return;
  if (provisional || stale) void snapshot();
  else connection.retryNow();
}
addEventListener("online", again);
addEventListener("offline", () => connection?.giveUp());
addEventListener("visibilitychange", () => {
  const visible = document.visibilityState === "visible";
  connection?.visible(visible);
  if (visible) again();
  else void keepNow();
});
addEventListener("pagehide", () => void keepNow(true));

/** Only a state that is whole up to its position is kept. */
watch([state, device, me], () => keepSoon(() => (ready.value && !stale && !provisional && me.value && device.value ? { state: state.value, me: me.value, device: device.value } : null)), { flush: "sync" });

/** Takes over the first answer: what was kept under its epoch goes on, anything else begins anew. `again` makes what was changed since it was asked for. */
async function adopt(answer: Start, again: (state: ClientState) => ClientState = (one) => one): Promise<void> {
  // Other pages of this browser have the same session: another person's must not come among what is shown here.
  if (me.value !== null && me.value.person.id !== answer.me.person.id) return ended(true);
  const goesOn = provisional && device.value?.epoch === answer.device.epoch;
  if (!goesOn && provisional) void clearKept(device.value?.epoch ?? null);
  [me.value, device.value] = [answer.me, answer.device];
  if (goesOn) state.value = withStart(state.value, answer, answer.me.todo);
  else {
    state.value = fromSnapshot(answer, {}, answer.me.todo);
    for (const item of since(answer.position) ?? []) state.value = applyItem(state.value, item, answer.me.person.id);
  }
  state.value = again(state.value);
  isNewer("", answer.position);
  [provisional, stale, asked, startError.value] = [false, false, null, null];
  await openUnsent(answer.me.person.id);
  ready.value = true;
  starts.value++;
  // Extras: the chat is shown without them, and they are read again with the next snapshot.
  void loadDrafts().catch(() => undefined);
  void loadScheduled().catch(() => undefined);
  void loadCalls().catch(() => undefined);
  setTimeout(() => void import("./ahead.ts").then(({ fetchAhead }) => fetchAhead(may), () => undefined), AHEAD_MS);
}
const AHEAD_MS = 4000;

let trying = false;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
async function snapshot(): Promise<void> {
  if (trying) return;
  trying = true;
  clearTimeout(retryTimer);
  try {
    const again = noting();
    // One that was asked for before the socket said where it goes on may lack what came in between.
    const [answer] = await readWith(() => {
      const first = asked ?? get<Start>("/start");
      asked = null;
      return first;
    });
    await adopt(answer, again);
    connection?.open();
  } catch (error) {
    asked = null;
    if (!(error instanceof ApiError)) throw error;
    startError.value = error;
    // It may have been answered before anything was shown.
    if (error.status === 401 && me.value !== null) ended();
    if (connection === null) return;
    if (provisional) link.value = "offline";
    retryTimer = setTimeout(() => connection !== null && void snapshot(), 3000);
  } finally {
    trying = false;
  }
}

let asking: ReturnType<typeof setTimeout> | undefined;
/** The rules or my groups have changed: what this browser may keep and show of them is read again. */
function deviceSoon(): void {
  asking ??= setTimeout(async () => {
    asking = undefined;
    try {
      device.value = await get<Device>("/device");
    } catch (error) {
      // It is read again with the next start; until then groups that are not known are neither kept nor shown.
      if (!(error instanceof ApiError)) throw error;
    }
  }, 500);
}

/** Forgets whose page it was: nothing of them is shown or kept, and whoever has the session now is loaded anew. Done when nothing is kept. */
export function leave(): Promise<void> {
  connection?.close();
  connection = null;
  beginAt(-1);
  owed.clear();
  const cleared = clearKept(device.value?.epoch ?? null);
  clearTimeout(retryTimer);
  [me.value, device.value, provisional, stale, asked] = [null, null, false, false, null];
  // A session that ended by itself leaves messages that wait for their writer; drafts are on the server.
  writing = "";
  closeOutbox();
  forgetDrafts();
  state.value = EMPTY;
  reminder.value = null;
  ready.value = false;
  return cleared;
}

/** Signs out. My messages that wait are given up; the page asks before. Throws ApiError. */
export async function signOut(everywhere: boolean, remove: (path: string) => Promise<void>): Promise<void> {
  const person = myId();
  leaving = true;
  try {
    await saveDrafts();
    await remove(everywhere ? "/sessions" : "/session");
  } catch (error) {
    // It had ended already.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  } finally {
    leaving = false;
  }
  await leave();
  await forgetOutbox(person);
}

/** Clears what this browser keeps, and keeps nothing more under this session. What waits to be sent stays. */
export const forgetKept = (): Promise<void> => clearKept(device.value?.epoch ?? null);

function onFrame(frame: ServerFrame): void {
  switch (frame.type) {
    case "welcome":
      if (frame.person !== myId()) return ended(true);
      if (frame.mode === "snapshot" && ready.value && frame.position !== state.value.position) void resync(frame.position);
      if (document.visibilityState !== "visible") connection?.visible(false);
      for (const [group, one] of owed) tellRead(group, one.position);
      if (state.value.unsure.length > 0) void readRows();
      sendWaiting();
      void catchUp().catch(() => undefined);
      watchHead(frame.head.size);
      return;
    case "facts":
      return onFacts(frame.items, frame.position);
    case "receipt":
      if (frame.position === null) {
        const words = [...new Set([...(frame.findings ?? []), ...(frame.found ?? [])].map((one) => one.word).filter(Boolean))];
        update(frame.cmid, { state: "warned", warning: { confirm: frame.confirm ?? "", clause: frame.clause, words, limit: frame.limit ?? null } });
        return;
      }
      update(frame.cmid, { position: frame.position });
      settle(state.value.position, new Set());
      return;
    case "read":
      return alter((now) => applyRead(now, frame.group, frame.position, myId()));
    case "error": {
      const { cmid, clause, members, retry_after, missing, attachment } = frame.data ?? {};
      if (cmid && frame.code === "messaging.file_stale") return void lookAgain(cmid);
      if (cmid && frame.code.startsWith("kernel.")) return sendLater();
      if (cmid && frame.code === "messaging.quiet_hours" && frame.data?.then === "queue") void import("./quiet.ts").then((one) => one.waitFor(cmid, frame.data?.until ?? 0));
      if (cmid) update(cmid, { state: "failed", error: { code: frame.code, message: frame.message, clause: clause ?? null, ...(members !== undefined && { members }), ...(retry_after !== undefined && { retry_after }), ...(missing && { missing }), ...(attachment && { attachment }) } });
      return;
    }
    case "seen":
      return applySeen(frame.group, frame.reads);
    case "settings":
      return alter((now) => applySettings(now, frame.group, { pinned: frame.pinned, muted: frame.muted, marked_unread: frame.marked_unread }));
    case "saved":
      return void savedMoved.value++;
    case "draft":
      return applyDraft(frame);
    case "scheduled":
      return void loadScheduled().catch(() => undefined);
    case "quiet":
      return void (ownQuiet.value = frame.quiet);
    case "work": return tellWork(frame);
    case "pong":
      for (const [group, one] of owed) if (one.at <= frame.n) owed.delete(group);
      return;
    default: {
      const unknown: never = frame;
      void unknown;
    }
  }
}

const alter = (change: (now: ClientState) => ClientState): void => void (state.value = noted(change)(state.value));

/** Too far behind to follow item by item, or ahead of a ledger that was set back: read everything again. The open timeline is fetched again by the page that shows it. */
async function resync(position: number): Promise<void> {
  stale = true;
  if (position < state.value.position) {
    // Other messages will stand where I had read.
    owed.clear();
    setBack(position);
  } else beginAt(position);
  await snapshot();
  resyncs.value++;
}

function onFacts(items: Item[], position: number): void {
  let next = state.value;
  const cmids = new Set<string>();
  const marks = { ...moved.value, groups: { ...moved.value.groups } };
  for (const item of items) {
    next = applyItem(next, item, myId());
    if (isMessage(item) && item.message.cmid) cmids.add(item.message.cmid);
    for (const group of rostersOf(item)) marks.groups[group] = item.position;
    if (item.kind === "approvals.changed" || item.kind === "directory.deputy_changed") marks.approvals = item.position;
    if (item.kind === "notices.changed") {
      marks.notices = item.position;
      if (item.what === "reminded") reminder.value = item.notice;
      else if (item.what === "withdrawn" || item.actor?.id === myId()) reminder.value = null;
    }
    if (REVIEW_KINDS.includes(item.kind)) marks.reviews = item.position;
    if (item.kind === "policy.adopted") marks.policy = item.position;
    if (item.kind === "groups.barriers_changed") marks.barriers = item.position;
    if (item.kind === "messaging.frozen_changed" || item.kind === "messaging.frozen") marks.frozen = item.position;
    if (item.kind === "directory.person_changed") {
      // Rosters show the name too, and so does what is mine.
      for (const group of Object.keys(next.conversations)) marks.groups[group] = item.position;
      if (me.value) me.value = renamed(me.value, item.person);
    }
  }
  remember(items);
  state.value = next.position < position ? { ...next, position } : next;
  moved.value = marks;
  settle(state.value.position, cmids);
  for (const run of listeners) run(items);
  if (items.some((one) => one.kind === "policy.adopted" || (one.kind.startsWith("groups.") && one.group !== null && device.value?.groups[one.group] === undefined))) deviceSoon();
  followCalls(items);
  // Other rules may let one write where one could not; everybody asks, so not all in the same moment.
  if (items.some((one) => one.kind === "policy.adopted")) setTimeout(() => void resync(state.value.position), Math.random() * 2000);
  if (next.unsure.length > 0) void readRows();
  countMoved(items);
}

let reading = false;
/** Reads the rows again that items alone could not settle. */
async function readRows(): Promise<void> {
  if (reading) return;
  reading = true;
  try {
    for (let tries = 0; tries < 5 && state.value.unsure.length > 0; tries++) {
      const again = noting();
      const rows = await get<Conversations>("/conversations");
      // Only now: the state has gone on meanwhile.
      state.value = again(withRows(state.value, rows));
    }
  } catch (error) {
    // The rows stay unsure and are read with the next facts or the next snapshot.
    if (!(error instanceof ApiError)) throw error;
  } finally {
    reading = false;
  }
}

/** Marks `group` read up to `position`, or to its last message when that comes earlier. */
export function markRead(group: string, upTo: number): void {
  const conversation = state.value.conversations[group];
  const position = Math.min(conversation?.last?.position ?? -1, upTo);
  if (conversation === undefined || position <= conversation.read) return;
  alter((now) => applyRead(now, group, position, myId()));
  tellRead(group, position);
}
/** Without a line it is told once there is one again. */
function tellRead(group: string, position: number): void {
  owed.set(group, { position, at: Date.now() });
  connection?.read(group, position);
}
