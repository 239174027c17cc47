/** What the server knows and this page shows: who I am, my conversations, the open timelines, the link. Changes only through the reducer. */
import { computed, ref, shallowRef, watch } from "vue";
import { ApiError, get, post, whenSignedOut } from "../api/client.ts";
import type { Conversations, Device, Item, Me, MessagePage, OwnQuiet, ServerFrame, Start } from "../api/types.ts";
import { Connection } from "./connection.ts";
import type { LinkState } from "./connection.ts";
import { applyDraft, forgetDrafts, loadDrafts, openDrafts, saveDrafts } from "./drafts.ts";
import { clearKept, keepNow, keepSoon, readKept } from "./keeping.ts";
import { mayKeep, withStart } from "./kept.ts";
import { watchHead } from "./headwatch.ts";
import { followCalls, loadCalls } from "./calls.ts";
import { applySeen } from "./reads.ts";
import { loadScheduled } from "./scheduled.ts";
import { closeOutbox, forgetOutbox, openOutbox, settle, update } from "./outbox.ts";
import { lookAgain, sendInto, sendWaiting } from "./sending.ts";
import { applyItem, applyRead, applySettings, applyToTimeline, EMPTY, fromSnapshot, isMessage, renamed, withRows } from "./reducer.ts";
import type { ClientState } from "./reducer.ts";

export const me = shallowRef<Me | null>(null);
/** What this browser may keep and show. */
export const device = shallowRef<Device | null>(null);
export const state = shallowRef<ClientState>(EMPTY);
export const link = ref<LinkState>("connecting");
export const ready = ref(false);
export const startError = shallowRef<ApiError | null>(null);
/** The position of the last item of each kind of thing; pages that show such a thing read it again when it moves. */
export const moved = shallowRef<{ approvals: number; notices: number; reviews: number; policy: number; frozen: number; groups: Record<string, number> }>({ approvals: 0, notices: 0, reviews: 0, policy: 0, frozen: 0, groups: {} });
/** A notice of which I was reminded just now; null once I have been to it. */
export const reminder = shallowRef<{ id: string; title: string } | null>(null);

/** My quiet hours as another screen of mine changed them; undefined while none did. */
export const ownQuiet = shallowRef<OwnQuiet | null | undefined>(undefined);
/** Counts changes of what I put aside, on any screen of mine. */
export const savedMoved = ref(0);

export const unreadTotal = computed(() => Object.values(state.value.conversations).reduce((sum, one) => sum + (one.muted ? 0 : one.unread), 0));
export const myId = (): string => me.value?.person.id ?? "";
export const can = (...names: string[]): boolean => names.some((one) => me.value?.capabilities.includes(one) || me.value?.roles.includes(one as never));

export { confirmMembers, confirmMessage, retryMessage, sendMessage } from "./sending.ts";
export type { Along } from "./sending.ts";

let connection: Connection | null = null;
sendInto((cmid, group, body) => connection?.send(cmid, group, body) ?? false);
let signedOut: () => void = () => undefined;
/** Items applied lately, to bring a page that was fetched meanwhile up to date. */
let recent: Item[] = [];
const RECENT = 400;
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
/** The latest items after `position`, to bring up to date what was read at it. */
export const since = (position: number): readonly Item[] => recent.filter((one) => one.position > position);
/** Counts how often the server said all anew; what is kept is shown before it has said anything. */
export const starts = ref(0);
/** Counts how often everything had to be read again, because too much had happened to follow it item by item. */
export const resyncs = ref(0);
/** How many messages wait for my answer. Replies change it without an item of its own, so it is read again when something moves. */
export const toAnswer = ref(0);

export function whenSessionEnds(run: () => void): void {
  signedOut = run;
  whenSignedOut(() => {
    if (me.value === null) return;
    leave();
    run();
  });
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
    if (error instanceof ApiError && error.status === 401) return null;
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
    state: (one) => (link.value = one),
    ended: () => {
      leave();
      signedOut();
    },
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
addEventListener("visibilitychange", () => {
  const visible = document.visibilityState === "visible";
  connection?.visible(visible);
  if (visible) again();
  else void keepNow();
});
addEventListener("pagehide", () => void keepNow(true));

/** Only a state that is whole up to its position is kept. */
watch([state, device, me], () => keepSoon(() => (ready.value && !stale && !provisional && me.value && device.value ? { state: state.value, me: me.value, device: device.value } : null)), { flush: "sync" });

/** Takes over the first answer: what was kept under its epoch goes on, anything else begins anew. */
async function adopt(answer: Start): Promise<void> {
  const goesOn = provisional && device.value?.epoch === answer.device.epoch;
  if (!goesOn && provisional) void clearKept(device.value?.epoch ?? null);
  [me.value, device.value] = [answer.me, answer.device];
  if (goesOn) state.value = withStart(state.value, answer, answer.me.todo);
  else {
    state.value = fromSnapshot(answer, {}, answer.me.todo);
    for (const item of recent) if (item.position > answer.position) state.value = applyItem(state.value, item, answer.me.person.id);
  }
  toAnswer.value = answer.me.todo.answers;
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
    await adopt(await (asked ?? get<Start>("/start")));
    connection?.open();
  } catch (error) {
    asked = null;
    if (!(error instanceof ApiError)) throw error;
    startError.value = error;
    if (error.status === 401 && me.value !== null) {
      // It may have been answered before anything was shown.
      leave();
      signedOut();
    }
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

function leave(): void {
  connection?.close();
  connection = null;
  recent = [];
  void clearKept(device.value?.epoch ?? null);
  clearTimeout(retryTimer);
  [me.value, device.value, provisional, stale, asked] = [null, null, false, false, null];
  // A session that ended by itself leaves messages that wait for their writer; drafts are on the server.
  writing = "";
  closeOutbox();
  forgetDrafts();
  state.value = EMPTY;
  reminder.value = null;
  ready.value = false;
}

/** Signs out. Messages that wait are given up; the page asks before. */
export async function signOut(everywhere: boolean, remove: (path: string) => Promise<void>): Promise<void> {
  await saveDrafts();
  await remove(everywhere ? "/sessions" : "/session");
  leave();
  await forgetOutbox();
}

/** Clears what this browser keeps, and keeps nothing more under this session. What waits to be sent stays. */
export const forgetKept = (): Promise<void> => clearKept(device.value?.epoch ?? null);

function onFrame(frame: ServerFrame): void {
  switch (frame.type) {
    case "welcome":
      if (frame.mode === "snapshot" && ready.value && frame.position > state.value.position) void resync();
      if (document.visibilityState !== "visible") connection?.visible(false);
      sendWaiting();
      watchHead(frame.head.size);
      return;
    case "facts":
      return onFacts(frame.items, frame.position);
    case "receipt":
      if (frame.position === null) {
        const words = [...new Set([...(frame.findings ?? []), ...(frame.found ?? [])].map((one) => one.word).filter(Boolean))];
        update(frame.cmid, { state: "warned", warning: { confirm: frame.confirm ?? "", clause: frame.clause, words } });
        return;
      }
      update(frame.cmid, { position: frame.position });
      settle(state.value.position, new Set());
      return;
    case "read":
      state.value = applyRead(state.value, frame.group, frame.position, myId());
      return;
    case "error": {
      const { cmid, clause, members, retry_after, missing, attachment } = frame.data ?? {};
      if (cmid && frame.code === "messaging.file_stale") return void lookAgain(cmid);
      if (cmid && frame.code === "messaging.quiet_hours" && frame.data?.then === "queue") void import("./quiet.ts").then((one) => one.waitFor(cmid, frame.data?.until ?? 0));
      if (cmid) update(cmid, { state: "failed", error: { code: frame.code, message: frame.message, clause: clause ?? null, ...(members !== undefined && { members }), ...(retry_after !== undefined && { retry_after }), ...(missing && { missing }), ...(attachment && { attachment }) } });
      return;
    }
    case "seen":
      return applySeen(frame.group, frame.reads);
    case "settings":
      state.value = applySettings(state.value, frame.group, { pinned: frame.pinned, muted: frame.muted, marked_unread: frame.marked_unread });
      return;
    case "saved":
      savedMoved.value++;
      return;
    case "draft":
      return applyDraft(frame);
    case "scheduled":
      return void loadScheduled().catch(() => undefined);
    case "quiet":
      ownQuiet.value = frame.quiet;
      return;
    case "pong":
      return;
    default: {
      const unknown: never = frame;
      void unknown;
    }
  }
}

/** Too far behind to follow item by item: read everything again. The open timeline is fetched again by the page that shows it. */
async function resync(): Promise<void> {
  stale = true;
  recent = [];
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
    if ((item.kind.startsWith("groups.") || item.kind === "bots.changed") && item.group) marks.groups[item.group] = item.position;
    if (item.kind === "approvals.changed") marks.approvals = item.position;
    if (item.kind === "notices.changed") {
      marks.notices = item.position;
      if (item.what === "reminded") reminder.value = item.notice;
      else if (item.what === "withdrawn" || item.actor?.id === myId()) reminder.value = null;
    }
    if (REVIEW_KINDS.includes(item.kind)) marks.reviews = item.position;
    if (item.kind === "policy.adopted") marks.policy = item.position;
    if (item.kind === "messaging.frozen_changed" || item.kind === "messaging.frozen") marks.frozen = item.position;
    if (item.kind === "directory.person_changed") {
      // Rosters show the name too, and so does what is mine.
      for (const group of Object.keys(next.conversations)) marks.groups[group] = item.position;
      if (me.value) me.value = renamed(me.value, item.person);
    }
  }
  recent = [...recent, ...items].slice(-RECENT);
  state.value = next.position < position ? { ...next, position } : next;
  moved.value = marks;
  settle(state.value.position, cmids);
  for (const run of listeners) run(items);
  if (items.some((one) => one.kind === "policy.adopted" || (one.kind.startsWith("groups.") && one.group !== null && device.value?.groups[one.group] === undefined))) deviceSoon();
  followCalls(items);
  if (next.unsure.length > 0) void readRows();
  const reviews = can("messaging.review", "messaging.review_escalated") && items.some((one) => REVIEW_KINDS.includes(one.kind));
  if (reviews || items.some((one) => one.kind === "messaging.prereview")) countSoon();
}

let reading = false;
/** Reads the rows again that items alone could not settle. */
async function readRows(): Promise<void> {
  if (reading) return;
  reading = true;
  try {
    for (let tries = 0; tries < 5 && state.value.unsure.length > 0; tries++) {
      state.value = withRows(state.value, await get<Conversations>("/conversations"));
    }
  } catch (error) {
    // The rows stay unsure and are read with the next facts or the next snapshot.
    if (!(error instanceof ApiError)) throw error;
  } finally {
    reading = false;
  }
}

/** What changes the length of the review queue. The queue leaves out my own messages, so the server counts; it also knows my pre-reviews. */
const REVIEW_KINDS: readonly string[] = ["messaging.review_waiting", "messaging.review_done", "messaging.released", "messaging.alert"];
let counting: ReturnType<typeof setTimeout> | undefined;
function countSoon(): void {
  counting ??= setTimeout(async () => {
    counting = undefined;
    try {
      const { todo, prereviews } = await get<Me>("/me");
      if (me.value) me.value = { ...me.value, prereviews };
      state.value = { ...state.value, todo: { ...state.value.todo, reviews: todo.reviews } };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }, 500);
}

/** Fetches the newest page of a group if its timeline is not loaded. */
export async function openTimeline(group: string): Promise<void> {
  if (state.value.timelines[group] !== undefined) return;
  const page = await get<MessagePage>(`/groups/${group}/messages?limit=60`);
  let items = page.items;
  for (const item of recent) {
    if (item.position <= page.position || item.position > state.value.position) continue;
    if (item.kind === "directory.person_changed") items = renamed(items, item.person);
    else if (item.group === group) items = applyToTimeline(items, item);
  }
  state.value = { ...state.value, timelines: { ...state.value.timelines, [group]: { items, more: page.more } } };
}

export async function loadOlder(group: string): Promise<void> {
  const timeline = state.value.timelines[group];
  const first = timeline?.items[0];
  if (!timeline?.more || first === undefined) return;
  const page = await get<MessagePage>(`/groups/${group}/messages?before=${first.position}&limit=60`);
  const now = state.value.timelines[group];
  if (now === undefined) return;
  const known = new Set(now.items.map((one) => one.position));
  const items = [...page.items.filter((one) => !known.has(one.position)), ...now.items];
  state.value = { ...state.value, timelines: { ...state.value.timelines, [group]: { items, more: page.more } } };
}

/** Marks `group` read up to `position`, or to its last message when that comes earlier. */
export function markRead(group: string, upTo: number): void {
  const conversation = state.value.conversations[group];
  const position = Math.min(conversation?.last?.position ?? -1, upTo);
  if (conversation === undefined || position <= conversation.read) return;
  state.value = applyRead(state.value, group, position, myId());
  if (!connection?.read(group, position)) void post(`/groups/${group}/read`, { position }).catch(() => undefined);
}
