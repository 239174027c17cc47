/** Two people who go back and forth where many others read it. Pure. */
import type { Item, MessageItem, Named } from "../../api/types.ts";
import { isMessage } from "../../live/reducer.ts";

/** `turns`: how often the word has passed between me and the other one since `first`, the position of what began it. */
export interface Exchange { other: Named; turns: number; first: number }

/** What the latest messages of a timeline are, when they are mine and one other's alone; replies in threads disturb nobody. */
export function exchangeIn(items: readonly Item[], me: string, minutes: number, now: number): Exchange | null {
  let other: Named | null = null;
  let last: MessageItem | null = null;
  let turns = 0;
  for (let n = items.length - 1; n >= 0; n--) {
    const item = items[n];
    if (item === undefined || !isMessage(item)) continue;
    const { sender, at, thread, bot } = { ...item.message, bot: item.message.sender.bot };
    if (thread) continue;
    if (at < now - minutes * 60_000 || bot) break;
    if (sender.id !== me && other !== null && sender.id !== other.id) break;
    if (sender.id !== me) other ??= sender;
    if (last === null || last.message.sender.id !== sender.id) turns++;
    last = item;
  }
  return other === null || last === null ? null : { other, turns, first: last.position };
}
