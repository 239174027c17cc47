/** Pure: from the items of a timeline to the lines on screen. */
import type { Item, MessageItem, SystemItem } from "../api/types.ts";
import { isMessage } from "../live/reducer.ts";
import { survived } from "../lib/survive.ts";
import { dayKey } from "../lib/time.ts";

export type Row =
  | { key: string; type: "day"; at: number }
  | { key: string; type: "new" }
  | { key: string; type: "message"; item: MessageItem }
  | { key: string; type: "system"; item: SystemItem };

/** Day separators between days, and one line before the first message that is new to me (not my own, beyond `readAt`; what came while I was looking, beyond `until`, is not marked). */
export function rowsOf(items: readonly Item[], readAt: number, me: string, until = Infinity): Row[] {
  const rows: Row[] = [];
  let day = "";
  let marked = false;
  const add = (item: Item): void => {
    const key = dayKey(item.at);
    if (key !== day) {
      day = key;
      rows.push({ key: `d${key}-${item.position}`, type: "day", at: item.at });
    }
    if (isMessage(item)) {
      if (!marked && item.position > readAt && item.position <= until && item.message.sender.id !== me) {
        marked = true;
        rows.push({ key: "new", type: "new" });
      }
      rows.push({ key: `i${item.position}`, type: "message", item });
    } else if (item.kind.startsWith("groups.")) {
      rows.push({ key: `i${item.position}`, type: "system", item: item as SystemItem });
    }
  };
  for (const item of items) survived(() => add(item), undefined);
  return rows;
}
