/** How much waits for me, where items alone do not tell. */
import { ApiError, get } from "../api/client.ts";
import type { Item, Me } from "../api/types.ts";
import { inOrder } from "./recent.ts";
import { me, state, toAnswer, toQuestion } from "./store.ts";

/** Of answers that cross, the newer one stands. */
export const isNewer = inOrder();
/** Reads the counts again. Throws ApiError. */
export async function count(): Promise<void> {
  const { todo, prereviews, bot_refusals, position } = await get<Me>("/me");
  if (!isNewer("", position)) return;
  if (me.value) me.value = { ...me.value, prereviews, bot_refusals: bot_refusals ?? [] };
  state.value = { ...state.value, todo: { ...state.value.todo, reviews: todo.reviews } };
  [toAnswer.value, toQuestion.value] = [todo.answers, todo.questions];
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

/** How many approvals wait for me, as their list has just shown. */
export function countTodo(approvals: number): void {
  if (state.value.todo.approvals !== approvals) state.value = { ...state.value, todo: { ...state.value.todo, approvals } };
}
