/** How much waits for me, where items alone do not tell. */
import { computed } from "vue";
import { ApiError, get } from "../api/client.ts";
import type { Item, Me } from "../api/types.ts";
import { inOrder } from "./recent.ts";
import { can, me, state, toAnswer, toQuestion } from "./store.ts";

/** Of answers that cross, the newer one stands. */
export const isNewer = inOrder();
/** Reads the counts again. Throws ApiError. */
export async function count(): Promise<void> {
  const { todo, prereviews, bot_refusals, outages, position } = await get<Me>("/me");
  if (!isNewer("", position)) return;
  if (me.value) me.value = { ...me.value, todo, prereviews, bot_refusals: bot_refusals ?? [], outages: outages ?? [] };
  state.value = { ...state.value, todo: { ...state.value.todo, reviews: todo.reviews } };
}

/** What changes the length of the review queue. The queue leaves out my own messages, so the server counts; it also knows my pre-reviews. */
export const REVIEW_KINDS: readonly string[] = ["messaging.review_waiting", "messaging.review_done", "messaging.released", "messaging.alert"];
/** Whether an item may change where my messages wait, whether those of my bots do too, or of which of their refusals I am told. */
export function changesMine(item: Item): boolean {
  if (item.kind === "messaging.prereview" || item.kind === "messaging.bot_refused") return true;
  if (item.kind === "bots.changed") return (me.value?.prereviews ?? []).length > 0;
  return (item.kind === "messaging.refused" || item.kind === "messaging.released") && (me.value?.bot_refusals ?? []).length > 0;
}
let counting: ReturnType<typeof setTimeout> | undefined;
export function countSoon(): void {
  counting ??= setTimeout(async () => {
    counting = undefined;
    try {
      await count();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }, 500);
}

/** What changes how many answers, questions and flags wait for me; whom it concerns is told of it. */
const FOLLOWED: readonly string[] = ["messaging.flags_changed", "followup.question", "followup.todo", "followup.changed", "directory.deputy_changed", "outages.changed"];
/** What changes how many notices are late of mine or among my people; each acknowledgement does while there are any. */
const turnsLate = (what: string): boolean => what === "missing" || what === "late" || ((me.value?.todo.late_notices ?? 0) > 0 && what !== "asked" && what !== "reminded");
/** Counts again what these items may have changed. */
export function countMoved(items: readonly Item[]): void {
  const reviews = can("messaging.review", "messaging.review_escalated");
  const waits = (group: string | null): boolean => (me.value?.todo.groups ?? []).some((one) => one.group === group);
  const runs = (group: string | null): boolean => ["owner", "administrator"].includes(state.value.conversations[group ?? ""]?.group.me?.role ?? "");
  const moves = (one: Item): boolean => FOLLOWED.includes(one.kind) || (one.kind === "notices.changed" && turnsLate(one.what)) || changesMine(one) || (reviews && REVIEW_KINDS.includes(one.kind))
    || (one.kind.startsWith("groups.") && (waits(one.group) || runs(one.group)))
    || ((one.kind === "messaging.moved" || one.kind === "messaging.recalled") && waits(one.group));
  if (items.some(moves)) countSoon();
}

/** The groups whose drawer and roster an item may have changed. */
export function rostersOf(item: Item): readonly string[] {
  if (item.kind === "groups.roster_changed") return item.cards.map((one) => one.id);
  return (item.kind.startsWith("groups.") || item.kind === "bots.changed") && item.group ? [item.group] : [];
}

/** How much waits in the groups that I run. */
export const toDecide = computed(() => (me.value?.todo.groups ?? []).reduce((sum, one) => sum + one.joining + one.leaving + one.flagged, 0));
/** All that waits for me, of whatever kind: what the page 待办 lists, and every number that speaks of it. */
export const todoTotal = computed(() => {
  const { approvals, reviews, notices } = state.value.todo;
  return approvals + reviews + notices + toAnswer.value + toQuestion.value + toDecide.value + (me.value?.todo.outages ?? 0);
});

/** How many approvals wait for me, as their list has just shown. */
export function countTodo(approvals: number): void {
  if (state.value.todo.approvals !== approvals) state.value = { ...state.value, todo: { ...state.value.todo, approvals } };
}
