/** What our own server says of the pages that links name; asked once, however many cards show it, and again when news moves it. */
import { shallowRef, watch } from "vue";
import type { ShallowRef } from "vue";
import { ApiError, at, get } from "../../api/client.ts";
import type { ApprovalRequest, ClauseMark, Item, MessageItem, RequestState } from "../../api/types.ts";
import { both } from "../../i18n/index.ts";
import { l } from "../../i18n/links.ts";
import type { Inside } from "../../lib/links.ts";
import { moved, myId, onItems, resyncs, state } from "../../live/store.ts";

/** `state`: of a request, and whether it is mine to decide. */
export interface Told { title: string; more: string; state?: RequestState; mine?: boolean }
/** What has something to ask about: of a group the list of conversations knows. */
export type Target = Extract<Inside, { kind: "message" | "clause" | "notice" | "request" }>;
/** `told`: null where it is not theirs to see, undefined while nobody knows; `shown` by so many cards. */
interface Entry { target: Target; told: ShallowRef<Told | null | undefined>; shown: number; turn: number; asking: boolean; holds: boolean }
const [MOST, SPREAD_MS] = [200, 5000];
const entries = new Map<string, Entry>();
const nameOf = (one: Target): string => JSON.stringify([one.kind, one.kind === "message" ? [one.group, one.position] : one.id]);

/** What is told of `target`, for a card that shows it until it calls `leave`. */
export function showTold(target: Target): { told: ShallowRef<Told | null | undefined>; leave: () => void } {
  const name = nameOf(target);
  const known = entries.get(name);
  const entry = known ?? { target, told: shallowRef(undefined), shown: 0, turn: 0, asking: false, holds: false };
  // The latest last, so that those nobody has looked at for long go first.
  entries.delete(name);
  entries.set(name, entry);
  entry.shown++;
  if (!entry.holds) void look(entry);
  trim();
  return { told: entry.told, leave: () => void entry.shown-- };
}
function trim(): void {
  for (const [name, one] of entries) {
    if (entries.size <= MOST) return;
    if (one.shown === 0) entries.delete(name);
  }
}

async function look(entry: Entry): Promise<void> {
  if (entry.asking) return;
  const turn = entry.turn;
  entry.asking = true;
  try {
    const found = await ask(entry.target);
    if (turn === entry.turn) [entry.told.value, entry.holds] = [found ?? null, found !== undefined];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // What the server could not answer is asked again by the next card.
    if (turn === entry.turn) [entry.told.value, entry.holds] = [null, error.status > 0 && error.status < 500];
  } finally {
    entry.asking = false;
  }
  // It has moved while it was asked.
  if (turn !== entry.turn) await look(entry);
}
/** Undefined where it is not known yet whether I am in its group. */
async function ask(target: Target): Promise<Told | null | undefined> {
  if (target.kind === "clause") {
    const found = await get<ClauseMark>(`/clauses/${at(target.id)}`);
    return { title: both(found.title), more: both(found.text) };
  }
  if (target.kind === "notice") return { title: (await get<{ title: string }>(`/notices/${at(target.id)}`)).title, more: "" };
  if (target.kind === "request") {
    const { title: words, applicant, state: now, mine } = await get<ApprovalRequest>(`/approvals/${at(target.id)}`);
    return { title: both(words), more: l(mine ? "in.request.decide" : "in.request.by", { who: applicant.name }), state: now, mine };
  }
  const group = state.value.conversations[target.group]?.group;
  if (!group) return undefined;
  const { message } = await get<MessageItem>(`/groups/${at(target.group)}/messages/${target.position}`);
  return message.recalled ? null : { title: `${message.sender.name} · ${group.name}`, more: message.text };
}

/** What holds no longer is asked again where a card shows it, and forgotten elsewhere. */
function drop(isMoved: (target: Target) => boolean): void {
  for (const [name, one] of entries) {
    if (!isMoved(one.target)) continue;
    one.turn++;
    one.holds = false;
    if (one.shown > 0) void look(one);
    else entries.delete(name);
  }
}
/** Whether an item changes what is said of a target. Only who is part of a request is told of it; a deputy has it while they stand in. */
function moves(item: Item, target: Target): boolean {
  if (target.kind === "request") return (item.kind === "approvals.changed" && item.request.id === target.id) || item.kind === "directory.deputy_changed";
  if (target.kind === "notice") return item.kind === "notices.changed" && item.notice.id === target.id;
  if (target.kind !== "message" || item.group !== target.group) return false;
  const changed = item.kind === "messaging.edited" || item.kind === "messaging.recalled" || item.kind === "messaging.moved" || item.kind === "messaging.frozen";
  return changed ? item.message === target.position : item.kind === "groups.registered" || (item.kind === "groups.member_changed" && item.person.id === myId());
}
onItems((items) => drop((target) => items.some((one) => moves(one, target))));
watch(resyncs, () => drop((target) => target.kind !== "clause"));
// All who are here hear of new rules in one moment.
watch(() => moved.value.policy, () => setTimeout(() => drop((target) => target.kind === "clause"), Math.random() * SPREAD_MS));
watch(myId, () => entries.clear(), { flush: "sync" });
