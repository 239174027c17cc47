/** The message that somebody asked me to read just now, until I have read it or been to it. */
import { computed, shallowRef, watch } from "vue";
import type { Item, RemindedItem } from "../api/types.ts";
import { me, onItems, state } from "./store.ts";

const newest = shallowRef<RemindedItem | null>(null);

/** Null where there is none, and once its message is read on any screen of mine. */
export const asked = computed(() => {
  const one = newest.value;
  const row = one === null ? undefined : state.value.conversations[one.group];
  return one !== null && row !== undefined && row.reminded !== null && row.reminded >= one.message ? { ...one, name: row.group.short_name } : null;
});
export const putAside = (): void => void (newest.value = null);

function follow(items: readonly Item[]): void {
  for (const item of items) if (item.kind === "messaging.reminded") newest.value = item;
}
onItems(follow);
watch(() => me.value?.person.id, putAside);
