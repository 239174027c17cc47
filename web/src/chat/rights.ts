/** What the rules in force let members do with their messages; hints for what to offer, the server decides. */
import { shallowRef, watch } from "vue";
import { ApiError, get } from "../api/client.ts";
import type { ClauseList, Control, Item, MessageItem } from "../api/types.ts";
import { isMessage } from "../live/reducer.ts";
import { moved, myId, state } from "../live/store.ts";
import { editingTime } from "./controls.ts";

const controls = shallowRef<readonly Control[] | null>(null);
let asked: Promise<void> | null = null;
watch(() => moved.value.policy, () => (asked = null));

/** Reads the rule book once, and again after another one was adopted. Without an answer nothing is offered that depends on it. */
export function loadRights(): Promise<void> {
  const mine: Promise<void> = (asked ??= get<ClauseList>("/clauses")
    .then((found) => {
      if (asked === mine) controls.value = found.clauses.flatMap((one) => one.controls);
    })
    .catch((error: unknown) => {
      if (asked === mine) asked = null;
      if (!(error instanceof ApiError)) throw error;
    }));
  return mine;
}

/** Whether to offer editing this message now. */
export function mayEdit(item: MessageItem): boolean {
  const group = state.value.conversations[item.group]?.group;
  if (controls.value === null || group?.state !== "active" || group.me?.state !== "active") return false;
  if (item.kind !== "messaging.sent" && item.kind !== "messaging.released") return false;
  if (item.message.sender.id !== myId() || item.message.recalled || !item.message.text) return false;
  const time = editingTime(controls.value, group);
  return time !== null && Date.now() < item.at + time;
}

/** My newest message that may be edited, of the items as they are once the rule book is known. */
export async function lastEditable(items: () => readonly Item[]): Promise<MessageItem | null> {
  await loadRights();
  return items().filter(isMessage).findLast(mayEdit) ?? null;
}
