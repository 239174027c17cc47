/** A thread as it is shown: its first message and the newest replies. Pure, and safe to apply twice, like the state. */
import type { Item, MessageItem, ThreadPage } from "../api/types.ts";
import { applyToTimeline, isMessage, renamed } from "./reducer.ts";

export interface Thread {
  root: MessageItem;
  /** Ascending, without gaps from the first one on. */
  items: readonly MessageItem[];
  /** Older replies exist on the server. */
  more: boolean;
  position: number;
}

export const fromPage = (page: ThreadPage): Thread => ({ root: page.root, items: page.items, more: page.more, position: page.position });

/** Puts an older page before what is known. */
export function withOlder(thread: Thread, page: ThreadPage): Thread {
  const known = new Set(thread.items.map((one) => one.position));
  return { ...thread, items: [...page.items.filter((one) => !known.has(one.position)), ...thread.items], more: page.more };
}

export function applyToThread(thread: Thread, item: Item): Thread {
  if (item.position <= thread.position) return thread;
  const next = { ...thread, position: item.position };
  if (item.kind === "directory.person_changed") return { ...next, root: renamed(thread.root, item.person), items: renamed(thread.items, item.person) };
  if (item.group !== thread.root.group || (isMessage(item) && item.message.thread !== thread.root.message.position)) return next;
  if (item.kind.startsWith("groups.")) return next;
  const [root, ...items] = applyToTimeline([thread.root, ...thread.items], item).filter(isMessage);
  return root === undefined ? next : { ...next, root, items };
}
