/** How much waits for me, where items alone do not tell. */
import { ApiError, get } from "../api/client.ts";
import type { Me } from "../api/types.ts";
import { inOrder } from "./recent.ts";
import { me, state, toAnswer, toQuestion } from "./store.ts";

/** Of answers that cross, the newer one stands. */
export const isNewer = inOrder();
/** Reads the counts again. Throws ApiError. */
export async function count(): Promise<void> {
  const { todo, prereviews, position } = await get<Me>("/me");
  if (!isNewer("", position)) return;
  if (me.value) me.value = { ...me.value, prereviews };
  state.value = { ...state.value, todo: { ...state.value.todo, reviews: todo.reviews } };
  [toAnswer.value, toQuestion.value] = [todo.answers, todo.questions];
}

/** What changes the length of the review queue. The queue leaves out my own messages, so the server counts; it also knows my pre-reviews. */
export const REVIEW_KINDS: readonly string[] = ["messaging.review_waiting", "messaging.review_done", "messaging.released", "messaging.alert"];
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
