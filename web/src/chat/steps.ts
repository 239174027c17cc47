/** Moving among conversations by keys. Pure. */
import type { Conversation } from "../api/types.ts";

export const waits = (one: Conversation): boolean => one.unread > 0 || one.marked_unread;

/** The next conversation with something unread after (`by` 1) or before (-1) the chosen one, around the ends of the list; null when there is none. */
export function nextUnread(list: readonly Conversation[], chosen: string | null, by: 1 | -1): string | null {
  const from = list.findIndex((one) => one.group.id === chosen);
  for (let step = 1; step <= list.length; step++) {
    const start = from < 0 && by < 0 ? 0 : from;
    const one = list[(((start + by * step) % list.length) + list.length) % list.length];
    if (one && one.group.id !== chosen && waits(one)) return one.group.id;
  }
  return null;
}

/** Where the keys of a list lead from row `at` of `n`, or null for a key that is not one of them. */
export function step(key: string, at: number, n: number): number | null {
  switch (key) {
    case "ArrowDown": return Math.min(n - 1, at + 1);
    case "ArrowUp": return Math.max(0, at - 1);
    case "Home": return 0;
    case "End": return n - 1;
    default: return null;
  }
}
