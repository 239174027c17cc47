/** Questions about messages, by group; fetched when a group is opened, then followed. And how many wait for my answer. */
import { ref, shallowRef } from "vue";
import { at, get } from "../api/client.ts";
import type { Item, Question, QuestionList } from "../api/types.ts";
import { countSoon } from "./counts.ts";
import { inOrder, readWith } from "./recent.ts";
import { onItems } from "./store.ts";

export const questions = shallowRef<Readonly<Record<string, readonly Question[]>>>({});
/** Counts what has moved, for pages that show more than one group. */
export const questionsMoved = ref(0);

const keep = (group: string, one: Question): void => {
  const others = (questions.value[group] ?? []).filter((other) => other.id !== one.id);
  questions.value = { ...questions.value, [group]: [one, ...others].sort((a, b) => b.id - a.id) };
};

const isNewer = inOrder();
/** Throws ApiError. */
export async function loadQuestions(group: string): Promise<void> {
  const [found, later] = await readWith(() => get<QuestionList>(`/groups/${at(group)}/questions`));
  if (!isNewer(group, found.position)) return;
  questions.value = { ...questions.value, [group]: found.questions };
  for (const item of later) if (item.kind === "followup.question" && item.group === group) keep(group, item.question);
}

/** What takes questions away without an item of their own. */
const ends = (item: Item): boolean => ((item.kind === "messaging.sent" || item.kind === "messaging.released") && !!item.message.corrects) || item.kind === "messaging.recalled" || item.kind === "groups.member_changed" || item.kind === "groups.changed";

onItems((items) => {
  let moves = false;
  for (const item of items) {
    if (item.kind === "followup.question") keep(item.group, item.question);
    if (item.kind === "followup.question" || item.kind === "followup.todo" || item.kind === "directory.deputy_changed") moves = true;
    if (item.group !== null && ends(item) && questions.value[item.group]?.length) {
      void loadQuestions(item.group).catch(() => undefined);
      moves = true;
    }
  }
  if (!moves) return;
  countSoon();
  questionsMoved.value++;
});
