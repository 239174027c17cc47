/**
 * The only place that knows how a fact changes what this client shows. Pure, and safe to apply twice: an item whose position is
 * not beyond `state.position` changes nothing. A snapshot at S plus the items after S must equal a fresh snapshot.
 *
 * A timeline that is absent from `timelines` is "not loaded": it is fetched when it is opened. It becomes so when my own membership
 * changes, because what I may see of the history changes with it.
 */
import type {
  Conversation, Conversations, GroupCard, Item, MemberChangedItem, MemberState, Message, MessageItem, RefusedItem,
} from "../api/types.ts";

export const UNREAD_CAP = 100;

export interface Timeline {
  /** Ascending by position, without gaps from the first one on. */
  items: Item[];
  /** Older items exist on the server. */
  more: boolean;
}
export interface ClientState {
  position: number;
  conversations: Record<string, Conversation>;
  timelines: Record<string, Timeline>;
  todo: { approvals: number; reviews: number };
}

export const EMPTY: ClientState = { position: -1, conversations: {}, timelines: {}, todo: { approvals: 0, reviews: 0 } };

/** The states in which a group is in my list. */
const LISTED: readonly MemberState[] = ["active", "must_sign", "invited", "leaving_requested"];

export function isMessage(item: Item): item is MessageItem {
  return item.kind === "messaging.sent" || item.kind === "messaging.released" || item.kind === "messaging.held"
    || item.kind === "messaging.blocked";
}

/** Replaces the conversations by a snapshot; timelines and the queue counts stay as they are given. */
export function fromSnapshot(
  snapshot: Conversations, timelines: Record<string, Timeline>, todo: ClientState["todo"],
): ClientState {
  const conversations: Record<string, Conversation> = {};
  for (const one of snapshot.conversations) conversations[one.group.id] = one;
  return { position: snapshot.position, conversations, timelines, todo };
}

/** Applies one item as the person `me`. Kinds that this version does not know only advance the position. */
export function applyItem(state: ClientState, item: Item, me: string): ClientState {
  if (item.position <= state.position) return state;
  return { ...reduce(state, item, me), position: item.position };
}

function reduce(state: ClientState, item: Item, me: string): ClientState {
  switch (item.kind) {
    case "messaging.sent":
    case "messaging.released":
    case "messaging.held":
    case "messaging.blocked":
      return withLast(onTimeline(state, item), item, me);
    case "messaging.refused":
      return withRefusal(onTimeline(state, item), item);
    case "groups.registered":
      return withCard(item.card.me === null ? state : withTimeline(state, item.group), item.card, item.position, item);
    case "groups.member_changed":
      return item.person.id === me ? withMyMembership(state, item) : withCount(onTimeline(state, item), item);
    case "groups.changed":
      return withCard(onTimeline(state, item), item.card, item.position, item);
    case "groups.rules_published":
      return onTimeline(state, item);
    case "messaging.review_waiting":
      return { ...state, todo: { ...state.todo, reviews: state.todo.reviews + 1 } };
    case "messaging.review_done":
      return { ...state, todo: { ...state.todo, reviews: Math.max(0, state.todo.reviews - 1) } };
    case "approvals.changed":
      return { ...state, todo: { ...state.todo, approvals: item.todo } };
    case "policy.adopted":
      return state;
    default: {
      // A kind that a newer server may send; the assignment keeps the list above complete for the kinds that we know.
      const unknown: never = item;
      void unknown;
      return state;
    }
  }
}

/** How one item changes the items of its group's timeline. Also used to bring a fetched page up to the state's position. */
export function applyToTimeline(items: Item[], item: Item): Item[] {
  if (items.some((one) => one.position === item.position)) return items;
  switch (item.kind) {
    case "messaging.released":
      return append(items.filter((one) => one.position !== item.held), item);
    case "messaging.refused":
      return items.map((one) => (one.position === item.held && isMessage(one) ? { ...one, message: refused(one.message, item) } : one));
    case "messaging.review_waiting":
    case "messaging.review_done":
    case "approvals.changed":
    case "policy.adopted":
      return items;
    default:
      return append(items, item);
  }
}

function append(items: Item[], item: Item): Item[] {
  const last = items.at(-1);
  if (last === undefined || last.position < item.position) return [...items, item];
  const next = items.findIndex((one) => one.position > item.position);
  return [...items.slice(0, next), item, ...items.slice(next)];
}

function refused(message: Message, by: RefusedItem): Message {
  return { ...message, state: "refused", clause: by.clause, note: by.reason };
}

function onTimeline(state: ClientState, item: Item & { group: string }): ClientState {
  const timeline = state.timelines[item.group];
  if (timeline === undefined) return state;
  const items = applyToTimeline(timeline.items, item);
  return { ...state, timelines: { ...state.timelines, [item.group]: { ...timeline, items } } };
}

function withTimeline(state: ClientState, group: string): ClientState {
  if (state.timelines[group] !== undefined) return state;
  return { ...state, timelines: { ...state.timelines, [group]: { items: [], more: false } } };
}

function withConversation(state: ClientState, conversation: Conversation): ClientState {
  return { ...state, conversations: { ...state.conversations, [conversation.group.id]: conversation } };
}

function withLast(state: ClientState, item: MessageItem, me: string): ClientState {
  const conversation = state.conversations[item.group];
  if (conversation === undefined) return state;
  const own = item.message.sender.id === me;
  const mentioned = conversation.mentioned || (!own && item.message.mentions.includes(me));
  const unread = own ? conversation.unread : Math.min(UNREAD_CAP, conversation.unread + 1);
  return withConversation(state, { ...conversation, last: item, mentioned, unread });
}

function withRefusal(state: ClientState, item: RefusedItem): ClientState {
  const conversation = state.conversations[item.group];
  const last = conversation?.last;
  if (conversation === undefined || !last || last.position !== item.held || !isMessage(last)) return state;
  return withConversation(state, { ...conversation, last: { ...last, message: refused(last.message, item) } });
}

/** A card that came without my part in it keeps the one I know: cards go to many people in one frame. */
function withCard(state: ClientState, card: GroupCard, position: number, item: Item & { group: string }): ClientState {
  const known = state.conversations[card.id];
  if (known !== undefined) return withConversation(state, { ...known, group: { ...card, me: card.me ?? known.group.me } });
  if (card.me === null || !LISTED.includes(card.me.state)) return state;
  const added = withConversation(state, { group: card, last: null, unread: 0, mentioned: false, read: position });
  return onTimeline(added, item);
}

function withCount(state: ClientState, item: MemberChangedItem): ClientState {
  const conversation = state.conversations[item.group];
  if (conversation === undefined) return state;
  return withConversation(state, { ...conversation, group: { ...conversation.group, members: item.members } });
}

function withMyMembership(state: ClientState, item: MemberChangedItem): ClientState {
  const known = state.conversations[item.group];
  const before = known?.group.me?.state;
  const seesHistory = (one: MemberState | undefined): boolean => one === "active" || one === "leaving_requested";
  let next = onTimeline(state, item);
  if (seesHistory(before) !== seesHistory(item.state)) {
    const { [item.group]: _, ...timelines } = next.timelines;
    next = { ...next, timelines };
  }
  if (!LISTED.includes(item.state)) {
    const { [item.group]: _, ...conversations } = next.conversations;
    return { ...next, conversations };
  }
  const mine = { role: item.role, state: item.state };
  const card: GroupCard | undefined = item.card ?? (known && { ...known.group, members: item.members, me: mine });
  if (card === undefined) return next;
  const group = { ...card, me: card.me ?? mine };
  return withConversation(next, known ? { ...known, group } : { group, last: null, unread: 0, mentioned: false, read: item.position });
}

/** I have read `group` up to `position` (here or on another device). What is unread beyond it is counted where the timeline is known. */
export function applyRead(state: ClientState, group: string, position: number, me: string): ClientState {
  const conversation = state.conversations[group];
  if (conversation === undefined || position <= conversation.read) return state;
  const last = conversation.last;
  if (last === null || last.position <= position) {
    return withConversation(state, { ...conversation, read: position, unread: 0, mentioned: false });
  }
  const items = state.timelines[group]?.items;
  if (items === undefined) return withConversation(state, { ...conversation, read: position });
  const left = items.filter((one): one is MessageItem => isMessage(one) && one.position > position && one.message.sender.id !== me);
  const mentioned = left.some((one) => one.message.mentions.includes(me));
  return withConversation(state, { ...conversation, read: position, unread: Math.min(UNREAD_CAP, left.length), mentioned });
}

/** The order of the list: by what moved last. */
export function ordered(conversations: Record<string, Conversation>): Conversation[] {
  const weight = (one: Conversation): number => one.last?.position ?? one.read;
  return Object.values(conversations).sort((a, b) => weight(b) - weight(a));
}
