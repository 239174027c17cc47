/**
 * The only place that knows how a fact changes what this client shows. Pure, and safe to apply twice: an item whose position is
 * not beyond `state.position` changes nothing. A snapshot at S plus the items after S must equal a fresh snapshot.
 *
 * Two things cannot be known from items alone, and are said so instead of guessed: a timeline that is absent from `timelines` is
 * fetched when it is opened (it becomes absent when what I may see of it changes), and a group in `unsure` is one whose unread
 * messages began before I could receive them: its row is read again.
 */
import { ALL } from "../api/types.ts";
import type { RosterChangedItem } from "../api/order.ts";
import type { ChangeItem, Conversation, Conversations, GroupCard, Item, MemberState, Message, MessageItem, MovedItem, Named, RefusedItem, ReleasedItem, RowSettings, SentItem, SystemItem } from "../api/types.ts";
import { survived } from "../lib/survive.ts";
import { uncorrected } from "./uncorrected.ts";

export const UNREAD_CAP = 100;

export interface Timeline {
  /** Ascending by position, without gaps from the first one on. */
  items: Item[];
  /** Older items exist on the server. */
  more: boolean;
}
/** A row of the list. `at`: the row was read again at this position, so earlier items are in it already. Kept ones may not say `begun`. */
export type Row = Conversation & { at?: number };
export interface ClientState {
  position: number;
  conversations: Record<string, Row>;
  timelines: Record<string, Timeline>;
  todo: { approvals: number; reviews: number; notices: number };
  /** Groups whose row must be read again before its counts can be trusted. */
  unsure: readonly string[];
}

/** How a row is shown that I have never changed. */
export const PLAIN: RowSettings = { pinned: false, muted: false, marked_unread: false };
export const EMPTY: ClientState = { position: -1, conversations: {}, timelines: {}, todo: { approvals: 0, reviews: 0, notices: 0 }, unsure: [] };

/** The states in which a group is in my list, and those in which I read its messages. */
const LISTED: readonly MemberState[] = ["active", "must_sign", "invited", "leaving_requested"];
const READING: readonly MemberState[] = ["active", "leaving_requested"];
export const reads = (state: MemberState | undefined): boolean => state !== undefined && READING.includes(state);

export function isMessage(item: Item): item is MessageItem {
  return item.kind === "messaging.sent" || item.kind === "messaging.released" || item.kind === "messaging.held" || item.kind === "messaging.blocked";
}

/** Replaces the conversations by a snapshot; timelines and the counts stay as they are given. */
export function fromSnapshot(snapshot: Conversations, timelines: Record<string, Timeline>, todo: ClientState["todo"]): ClientState {
  const conversations: Record<string, Row> = {};
  for (const one of snapshot.conversations) conversations[one.group.id] = one;
  return { position: snapshot.position, conversations, timelines, todo, unsure: [] };
}

/** Takes the rows of the unsure groups from a snapshot that is not older than the state. */
export function withRows(state: ClientState, snapshot: Conversations): ClientState {
  if (snapshot.position < state.position) return state;
  const conversations = { ...state.conversations };
  for (const id of state.unsure) {
    const row = snapshot.conversations.find((one) => one.group.id === id);
    if (row === undefined) delete conversations[id];
    else conversations[id] = { ...row, at: snapshot.position };
  }
  return { ...state, conversations, unsure: [] };
}

/** Applies one item as the person `me`. Kinds that this version does not know only advance the position. */
export function applyItem(state: ClientState, item: Item, me: string): ClientState {
  if (item.position <= state.position) return state;
  return { ...survived(() => reduce(state, item, me), state), position: item.position };
}

/** Kinds that change nothing of the state. */
type Untouched =
  | "messaging.review_waiting" | "messaging.review_done" | "messaging.prereview" | "messaging.alert"
  | "messaging.urged" | "messaging.urge_repeated" | "messaging.urge_confirmed" | "messaging.urge_stopped"
  | "messaging.flags_changed" | "messaging.frozen_changed" | "messaging.templates_changed" | "followup.changed" | "followup.question" | "followup.todo" | "followup.absence"
  | "messaging.bot_refused" | "bots.changed" | "bots.webhook_disabled" | "groups.barriers_changed" | "outages.changed" | "policy.adopted";

function reduce(state: ClientState, item: Item, me: string): ClientState {
  switch (item.kind) {
    case "messaging.sent":
    case "messaging.released":
      return withLast(onTimeline(state, item), item, me);
    case "messaging.held":
    case "messaging.blocked":
    case "messaging.refused": return withBegun(onTimeline(state, item), item.group);
    case "messaging.recalled":
    case "messaging.edited":
    case "messaging.reacted":
    case "messaging.pinned":
    case "messaging.moved":
    case "messaging.frozen":
    case "messaging.burn_opened":
      return withChange(onTimeline(state, item), item, me);
    case "groups.registered":
    case "groups.direct_opened":
    case "groups.changed":
    case "groups.rules_published":
      return withCard(onTimeline(state, item), item, item.card);
    case "groups.roster_changed": return item.cards.reduce((now, card) => withCard(now, { ...item, group: card.id }, card), state);
    case "groups.member_changed":
      return item.person.id === me && !LISTED.includes(item.state) ? withoutGroup(state, item.group) : withMember(onTimeline(state, item), item, me);
    case "messaging.reminded": return withReminder(state, item.group, item.message, item.position);
    case "approvals.changed":
    case "directory.deputy_changed":
      return { ...state, todo: { ...state.todo, approvals: item.todo } };
    case "notices.changed":
      return { ...state, todo: { ...state.todo, notices: item.todo } };
    case "directory.person_changed": return withName(state, item.person);
    default: {
      // A kind that a newer server may send; of those that we know, none may be left out above and in `Untouched`.
      const untouched: Untouched = item.kind;
      void untouched;
      return state;
    }
  }
}

/** Wherever a mark of this person stands in what is shown, it has the new name. What does not hold one stays the same object. */
export function renamed<T>(shown: T, person: Named): T {
  if (typeof shown !== "object" || shown === null) return shown;
  if (Array.isArray(shown)) {
    const all = shown.map((one: unknown) => renamed(one, person));
    return all.some((one, n) => one !== shown[n]) ? (all as T) : shown;
  }
  const before = shown as Record<string, unknown>;
  const after: Record<string, unknown> = {};
  let same = true;
  for (const [key, value] of Object.entries(before)) {
    after[key] = key === "name" && before["id"] === person.id ? person.name : renamed(value, person);
    same &&= after[key] === value;
  }
  return same ? shown : (after as T);
}

/** A direct conversation is called by the name of the other one. */
function titled(rows: Record<string, Row>, person: Named): Record<string, Row> {
  const all = Object.entries(rows).map(([id, row]): [string, Row] => {
    if (row.group.peer?.id !== person.id) return [id, row];
    return [id, { ...row, group: { ...row.group, name: person.name, short_name: person.name } }];
  });
  return Object.fromEntries(all);
}

function withName(state: ClientState, person: Named): ClientState {
  const conversations = titled(renamed(state.conversations, person), person);
  return { ...state, conversations, timelines: renamed(state.timelines, person) };
}

/** How one item changes the items of its group's timeline. Also used to bring a fetched page up to the state's position. */
export function applyToTimeline(items: Item[], item: Item): Item[] {
  if (items.some((one) => one.position === item.position)) return items;
  switch (item.kind) {
    case "messaging.released":
      return append(withNews(items.filter((one) => one.position !== item.held), item), item);
    case "messaging.refused":
      return items.map((one) => (one.position === item.held && isMessage(one) ? { ...one, message: refused(one.message, item) } : one));
    case "groups.member_changed":
      return append(items, { ...item, card: null, members: null });
    case "groups.registered":
    case "groups.direct_opened":
    case "groups.changed":
    case "groups.rules_published":
      return append(items, { ...item, card: null });
    case "messaging.sent":
      return append(withNews(items, item), item);
    case "messaging.held":
    case "messaging.blocked": return append(items, item);
    case "messaging.recalled":
    case "messaging.edited":
    case "messaging.reacted":
    case "messaging.pinned":
    case "messaging.moved":
    case "messaging.frozen":
    case "messaging.burn_opened": return changed(items, item);
    default:
      return items;
  }
}

/** How a change of one message shows in any items: those of a timeline, a thread, or the pinned ones. */
export function changed<T extends Item>(items: T[], item: ChangeItem): T[] {
  return items.map((one) => {
    if (!isMessage(one)) return one;
    const message = uncorrected(one.message.position === item.message ? changedMessage(one.message, item) : withQuote(one.message, item), item);
    return message === one.message ? one : { ...one, message };
  });
}

/** A recalled message stays as it is: what was told of it before arrives again on reconnecting. */
function changedMessage(message: Message, item: ChangeItem): Message {
  if (item.kind === "messaging.recalled") {
    const recalled = { by: item.by, at: item.at, reason: item.reason };
    return { ...message, recalled, text: "", mentions: [], quote: null, spans: [], files: [], forward: null, template: null, reactions: [], pinned: false, moved: null, burn: null };
  }
  if (item.kind === "messaging.frozen") return { ...message, frozen: item.frozen };
  if (message.recalled) return message;
  switch (item.kind) {
    case "messaging.edited": {
      const { text, mentions, spans, edited_at, state, clause } = item;
      return { ...message, text, mentions, spans, edited_at, state, clause };
    }
    case "messaging.reacted":
      return { ...message, reactions: item.reactions };
    case "messaging.pinned":
      return { ...message, pinned: item.on };
    case "messaging.moved":
      return { ...message, moved: item.moved, pinned: false };
    case "messaging.burn_opened":
      return message.burn ? { ...message, burn: { ...message.burn, opened: item.opened } } : message;
  }
}

const LONGEST_QUOTE = 200;

function withQuote(message: Message, item: ChangeItem): Message {
  const quote = message.quote;
  if (!quote || quote.position !== item.message || quote.recalled) return message;
  if (item.kind === "messaging.recalled") return { ...message, quote: { ...quote, text: "", recalled: true } };
  if (item.kind === "messaging.moved") return { ...message, quote: { ...quote, moved: item.on } };
  if (item.kind === "messaging.edited") return { ...message, quote: { ...quote, text: [...item.text].slice(0, LONGEST_QUOTE).join("") } };
  return message;
}

const withNews = (items: Item[], item: SentItem | ReleasedItem): Item[] => withReply(withCorrection(items, item), item);

/** What a message corrects leads to it from now on, and with that what was corrected before. */
export function withCorrection<T extends Item>(items: T[], item: SentItem | ReleasedItem): T[] {
  const corrects = item.message.corrects ?? null;
  if (corrects === null) return items;
  const corrected = item.message.position;
  const is = (one: { position: number; corrected?: number | null }): boolean => one.position === corrects || one.corrected === corrects;
  return items.map((one) => {
    if (!isMessage(one)) return one;
    const { message } = one;
    const quote = message.quote && is(message.quote) ? { ...message.quote, corrected } : (message.quote ?? null);
    if (!is(message)) return quote === (message.quote ?? null) ? one : { ...one, message: { ...message, quote } };
    return { ...one, message: { ...message, quote, corrected } };
  });
}

/** The first message of a thread counts the replies, recalled ones too, for they keep their places. */
function withReply(items: Item[], item: SentItem | ReleasedItem): Item[] {
  const root = item.message.thread;
  if (root === undefined || root === null) return items;
  return items.map((one) => {
    if (!isMessage(one) || one.message.position !== root) return one;
    const before = one.message.replies ?? { count: 0, last_at: 0, people: [] };
    const known = before.people.map((each) => each.id).includes(item.message.sender.id);
    const people = before.people.length < 3 && !known ? [...before.people, item.message.sender] : before.people;
    return { ...one, message: { ...one.message, replies: { count: before.count + 1, last_at: item.at, people } } };
  });
}

function append(items: Item[], item: Item): Item[] {
  const last = items.at(-1);
  if (last === undefined || last.position < item.position) return [...items, item];
  const next = items.findIndex((one) => one.position > item.position);
  return [...items.slice(0, next), item, ...items.slice(next)];
}

/** The clause stays the one under which it was held; the note becomes the reviewer's reason. */
function refused(message: Message, by: RefusedItem): Message {
  return { ...message, state: "refused", clause: message.clause ?? by.clause, note: by.reason };
}

function onTimeline(state: ClientState, item: Item & { group: string }): ClientState {
  const timeline = state.timelines[item.group];
  if (timeline === undefined) return state;
  const items = applyToTimeline(timeline.items, item);
  return { ...state, timelines: { ...state.timelines, [item.group]: { ...timeline, items } } };
}

function withRow(state: ClientState, row: Row): ClientState {
  return { ...state, conversations: { ...state.conversations, [row.group.id]: row } };
}

function withLast(state: ClientState, item: SentItem | ReleasedItem, me: string): ClientState {
  const row = state.conversations[item.group];
  if (row === undefined || (row.at !== undefined && item.position <= row.at)) return state;
  const own = item.message.sender.id === me;
  const mentioned = row.mentioned || (!own && calls(item.message.mentions, me));
  return withRow(state, { ...row, last: item, begun: true, mentioned, unread: own ? row.unread : Math.min(UNREAD_CAP, row.unread + 1) });
}

/** What I wrote there begins it for me, also where nobody else may read it. */
function withBegun(state: ClientState, group: string): ClientState {
  const row = state.conversations[group];
  return row?.begun === false ? withRow(state, { ...row, begun: true }) : state;
}

const calls = (mentions: string[], me: string): boolean => mentions.includes(me) || mentions.includes(ALL);

/** I was asked to read a message: the newest such one that I have not read. */
function withReminder(state: ClientState, group: string, message: number, at: number): ClientState {
  const row = state.conversations[group];
  if (row === undefined || message <= Math.max(row.read, row.reminded ?? -1) || (row.at !== undefined && at <= row.at)) return state;
  return withRow(state, { ...row, reminded: message });
}

/** What of the unread messages was the last to call me, or how many there are beyond the cap, only the server knows. */
function withChange(state: ClientState, item: ChangeItem, me: string): ClientState {
  const row = state.conversations[item.group];
  if (row === undefined || (row.at !== undefined && item.position <= row.at)) return state;
  const [last] = row.last === null ? [null] : changed([row.last], item);
  const next: Row = { ...row, last: last ?? null };
  const author = item.kind === "messaging.recalled" || item.kind === "messaging.moved" ? item.sender.id : item.actor?.id;
  const counts = item.message > row.read && author !== me;
  if (item.kind === "messaging.moved") return withMoved(withRow(state, next), item, row, counts);
  if (!counts) return withRow(state, next);
  if (item.kind === "messaging.recalled") return item.moved ? withRow(state, next) : withFewer(state, next, item.group);
  if (item.kind !== "messaging.edited") return withRow(state, next);
  if (calls(item.mentions, me)) return withRow(state, { ...next, mentioned: true });
  return unsure(withRow(state, next), item.group, row.mentioned);
}

/** One of my unread messages counts no more. */
function withFewer(state: ClientState, row: Row, group: string): ClientState {
  const known = row.unread > 0 && row.unread < UNREAD_CAP && !row.mentioned && row.reminded === null;
  return known ? withRow(state, { ...row, unread: row.unread - 1 }) : unsure(withRow(state, row), group, true);
}

/** What was moved aside counts no more and is not the last message; which one then is, only the server knows. */
function withMoved(state: ClientState, item: MovedItem, row: Row, counts: boolean): ClientState {
  const last = row.last?.position ?? -1;
  if (item.on ? last === item.message : last < item.message) return unsure(state, item.group, true);
  const now = state.conversations[item.group];
  if (!counts || now === undefined) return state;
  if (item.on) return withFewer(state, now, item.group);
  // Whether it calls me, or I was reminded of it, comes back with it.
  return unsure(state, item.group, true);
}

/** A card that came without my part in it keeps the one I know. */
function withCard(state: ClientState, item: SystemItem | (RosterChangedItem & { group: string }), card: GroupCard | null | undefined): ClientState {
  if (!card) return state;
  const known = state.conversations[item.group];
  if (known === undefined && (card.me === null || !LISTED.includes(card.me.state))) return state;
  const group = { ...card, me: card.me ?? known?.group.me ?? null };
  const [before, after] = [reads(known?.group.me?.state), reads(group.me?.state)];
  if (known !== undefined && before === after) return withRow(state, { ...known, group });
  const quiet = { last: null, unread: 0, mentioned: false, reminded: null };
  const begun = item.kind !== "groups.direct_opened" || item.actor?.id !== card.peer?.id;
  const row = known === undefined ? { group, ...quiet, ...PLAIN, begun, read: item.position - 1 } : { ...known, group, ...quiet };
  const begins = (item.kind === "groups.registered" || item.kind === "groups.direct_opened") && after;
  const next = begins ? withTimeline(state, item) : withoutTimeline(state, item.group);
  return unsure(withRow(next, row), item.group, known === undefined || after);
}

function withMember(state: ClientState, item: SystemItem & { kind: "groups.member_changed" }, me: string): ClientState {
  if (item.card) return withCard(state, item, item.card);
  const known = state.conversations[item.group];
  if (known === undefined) return state;
  const mine = item.person.id === me ? { role: item.role, state: item.state } : known.group.me;
  return withCard(state, item, { ...known.group, members: item.members ?? known.group.members, me: mine });
}

function unsure(state: ClientState, group: string, is: boolean): ClientState {
  return !is || state.unsure.includes(group) ? state : { ...state, unsure: [...state.unsure, group] };
}

function withTimeline(state: ClientState, item: SystemItem): ClientState {
  return onTimeline({ ...state, timelines: { ...state.timelines, [item.group]: { items: [], more: false } } }, item);
}

function withoutTimeline(state: ClientState, group: string): ClientState {
  const { [group]: _, ...timelines } = state.timelines;
  return { ...state, timelines };
}

function withoutGroup(state: ClientState, group: string): ClientState {
  const { [group]: _, ...conversations } = state.conversations;
  return { ...withoutTimeline(state, group), conversations, unsure: state.unsure.filter((one) => one !== group) };
}

/** I have read `group` up to `position` (here or on another device). What is unread beyond it is counted where the timeline is known. */
export function applyRead(state: ClientState, group: string, position: number, me: string): ClientState {
  const row = state.conversations[group];
  if (row === undefined || position <= row.read) return state;
  if (row.last === null || row.last.position <= position) return withRow(state, { ...row, read: position, unread: 0, mentioned: false, reminded: null });
  const reminded = row.reminded !== null && row.reminded > position ? row.reminded : null;
  const { items, more } = state.timelines[group] ?? {};
  if (items === undefined || (more && !(items[0] && items[0].position <= position))) return unsure(withRow(state, { ...row, reminded, read: position }), group, true);
  const left = items.filter((one): one is SentItem | ReleasedItem =>
    (one.kind === "messaging.sent" || one.kind === "messaging.released") && one.position > position && one.message.sender.id !== me && !one.message.recalled && !one.message.moved);
  const mentioned = left.some((one) => calls(one.message.mentions, me));
  return withRow(state, { ...row, read: position, unread: Math.min(UNREAD_CAP, left.length), mentioned, reminded });
}

/** How I want a group shown, set here or on another screen of mine. */
export function applySettings(state: ClientState, group: string, settings: RowSettings): ClientState {
  const row = state.conversations[group];
  return row === undefined ? state : withRow(state, { ...row, ...settings });
}

/** The list, pinned ones first, then by what moved last; of those that have not begun, which I `opened` here. */
export function ordered(conversations: Record<string, Conversation>, opened: (group: string) => boolean = () => false): Conversation[] {
  const weight = (one: Conversation): number => one.last?.position ?? one.read;
  return Object.values(conversations).filter((one) => one.begun !== false || opened(one.group.id)).sort((a, b) => Number(b.pinned) - Number(a.pinned) || weight(b) - weight(a));
}
