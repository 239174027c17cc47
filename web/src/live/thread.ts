/** A thread as it is shown: its first message and the newest replies. Pure, and safe to apply twice, like the state. */
import type { Item, MessageItem, ThreadPage } from "../api/types.ts";
import { survived } from "../lib/survive.ts";
import { caughtUp } from "./recent.ts";
import { applyToTimeline, isMessage, renamed, withCorrection } from "./reducer.ts";

export interface Thread {
  root: MessageItem;
  /** Ascending, without gaps from the first one on. */
  items: readonly MessageItem[];
  /** Older replies exist on the server. */
  more: boolean;
  position: number;
}

export const fromPage = (page: ThreadPage): Thread => ({ root: page.root, items: page.items, more: page.more, position: page.position });

/** Puts an older page, to which some came `later`, before what is known. */
export function withOlder(thread: Thread, page: ThreadPage, later: readonly Item[] = []): Thread {
  const known = new Set(thread.items.map((one) => one.position));
  const older = caughtUp(page.items, thread.root.group, later).filter(isMessage);
  return { ...thread, items: [...older.filter((one) => !known.has(one.position) && one.position < (thread.items[0]?.position ?? Infinity)), ...thread.items], more: page.more };
}

export function applyToThread(thread: Thread, item: Item): Thread {
  if (item.position <= thread.position) return thread;
  const next = { ...thread, position: item.position };
  return survived(() => withItem(thread, item, next), next);
}

function withItem(thread: Thread, item: Item, next: Thread): Thread {
  if (item.kind === "directory.person_changed") return { ...next, root: renamed(thread.root, item.person), items: renamed(thread.items, item.person) };
  if (item.group !== thread.root.group || item.kind.startsWith("groups.")) return next;
  if (isMessage(item) && item.message.thread !== thread.root.message.position) {
    if (item.kind !== "messaging.sent" && item.kind !== "messaging.released") return next;
    const [first, ...rest] = withCorrection([thread.root, ...thread.items], item);
    return first === undefined ? next : { ...next, root: first, items: rest };
  }
  const [root, ...items] = applyToTimeline([thread.root, ...thread.items], item).filter(isMessage);
  return root === undefined ? next : { ...next, root, items };
}
