/** Which composer writes a message that burns after reading, and what the rules let it choose from. */
import { shallowRef, watch } from "vue";
import type { BurnRules } from "../../api/types.ts";
import { outbox } from "../../live/outbox.ts";
import { boxOf } from "../files/pending.ts";

/** What the rules say of the group that is open; null where nothing burns. */
export const burnRules = shallowRef<{ group: string; rules: BurnRules } | null>(null);
/** The composer (`boxOf`) that writes one, and for how many seconds it can be read. It holds for one message, and no longer than that composer is open. */
export const burning = shallowRef<{ box: string; seconds: number } | null>(null);

/** What was sent ends it: who burns one message does not mean the next, which they may want to find again. */
watch(outbox, (now, before) => {
  const known = new Set(before.map((one) => one.cmid));
  if (now.some((one) => one.burn !== undefined && !known.has(one.cmid) && boxOf(one.group, one.thread) === burning.value?.box)) burning.value = null;
});

export const secondsIn = (box: string): number | null => (burning.value?.box === box ? burning.value.seconds : null);
export const rulesFor = (group: string): BurnRules | null => (burnRules.value?.group === group ? burnRules.value.rules : null);
/** Begins with the second shortest time, which is enough for a few lines; a second press ends it. */
export function toggleBurning(box: string, rules: BurnRules): void {
  burning.value = secondsIn(box) === null ? { box, seconds: rules.seconds[1] ?? rules.seconds[0] ?? 0 } : null;
}
