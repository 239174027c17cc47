/** Messages that ask for answers: how far each has come, by group, and how many wait for me. Fetched when a group is opened, then followed. */
import { shallowRef } from "vue";
import { at, get } from "../api/client.ts";
import type { AnswerList, AnswerSummary } from "../api/types.ts";
import { onItems } from "./store.ts";

export const asks = shallowRef<Readonly<Record<string, Readonly<Record<number, AnswerSummary>>>>>({});
/** Counts what has moved, for pages that show more than the summaries. */
export const answersMoved = shallowRef(0);

const keep = (group: string, message: number, one: AnswerSummary): void => {
  asks.value = { ...asks.value, [group]: { ...asks.value[group], [message]: one } };
};

/** Throws ApiError. */
export async function loadAnswers(group: string): Promise<void> {
  const found = await get<AnswerList>(`/groups/${at(group)}/answers`);
  asks.value = { ...asks.value, [group]: Object.fromEntries(found.requests.map((one) => [one.message, one])) };
}

onItems((items) => {
  for (const item of items) {
    if (item.kind === "followup.changed") keep(item.group, item.message, item.request);
    if (item.kind === "followup.todo" || item.kind === "followup.changed") answersMoved.value++;
  }
});
