/** Messages that ask for answers: how far each has come, by group, and how many wait for me. Fetched when a group is opened, then followed. */
import { shallowRef } from "vue";
import { ApiError, at, get } from "../api/client.ts";
import type { AnswerList, AnswerSummary, Item } from "../api/types.ts";
import { count } from "./counts.ts";
import { inOrder, readWith } from "./recent.ts";
import { isMessage } from "./reducer.ts";
import { myId, onItems } from "./store.ts";

export const asks = shallowRef<Readonly<Record<string, Readonly<Record<number, AnswerSummary>>>>>({});
/** Counts what has moved, for pages that show more than the summaries. */
export const answersMoved = shallowRef(0);

const keep = (group: string, message: number, one: AnswerSummary): void => {
  asks.value = { ...asks.value, [group]: { ...asks.value[group], [message]: one } };
};

const isNewer = inOrder();
/** Throws ApiError. */
export async function loadAnswers(group: string): Promise<void> {
  const [found, later] = await readWith(() => get<AnswerList>(`/groups/${at(group)}/answers`));
  if (!isNewer(group, found.position)) return;
  asks.value = { ...asks.value, [group]: Object.fromEntries(found.requests.map((one) => [one.message, one])) };
  for (const item of later) if (item.kind === "followup.changed" && item.group === group) keep(group, item.message, item.request);
}

const openIn = (group: string): number[] => Object.entries(asks.value[group] ?? {}).flatMap(([message, one]) => (one.state === "open" ? [Number(message)] : []));
/** The messages to which an item may be an answer, or the recall of one, or that it ends. What a recalled message quoted it does not say. */
function about(item: Item): number[] {
  if (item.kind === "messaging.recalled") return [item.message, ...openIn(item.group)];
  if (!isMessage(item)) return [];
  return [item.message.quote?.position, item.message.thread].filter((one) => typeof one === "number");
}
async function refresh(groups: ReadonlySet<string>): Promise<void> {
  try {
    await Promise.all([count(), ...[...groups].map(loadAnswers)]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  answersMoved.value++;
}

onItems((items) => {
  const groups = new Set<string>();
  let moves = false;
  for (const item of items) {
    if (item.kind === "followup.changed") keep(item.group, item.message, item.request);
    if (item.kind.startsWith("followup.") || item.kind === "groups.member_changed" || item.kind === "groups.changed") moves = true;
    if (item.kind === "messaging.recalled" && item.sender.id === myId()) moves = true;
    if (item.group !== null && about(item).some((one) => asks.value[item.group ?? ""]?.[one])) groups.add(item.group);
  }
  if (moves || groups.size > 0) void refresh(groups);
});
