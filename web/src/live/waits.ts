/** What waits in each group of what may tell of itself: a notification is of the newest, and stands for the others. Pure. */
import type { Item } from "../api/types.ts";
import type { News } from "./told.ts";

const MOST_COUNTED = 9;

export class Waits {
  readonly #groups = new Map<string, Map<number, News>>();

  /** A message that is told of again, by an edit or a reminder, is still one. */
  add(news: News): void {
    const of = this.#groups.get(news.group) ?? new Map<number, News>();
    of.delete(news.position);
    this.#groups.set(news.group, of.set(news.position, news));
  }
  /** What an item takes back waits no more; an edited message does, with its new text. */
  change(item: Item): void {
    if (item.group === null) return;
    const of = this.#groups.get(item.group);
    if (item.kind === "messaging.recalled" || (item.kind === "messaging.moved" && item.on)) of?.delete(item.message);
    const edited = item.kind === "messaging.edited" ? of?.get(item.message) : undefined;
    if (edited && !edited.reminds && item.kind === "messaging.edited") of?.set(item.message, { ...edited, text: item.text });
  }
  /** The newest that is not read up to `read`. */
  newest(group: string, read: number): News | undefined {
    return this.#after(group, read).at(-1);
  }
  /** How many others wait beside `news`, as it is said: empty where none does. */
  others(news: News, read: number): string {
    const n = this.#after(news.group, read).filter((one) => one.position !== news.position).length;
    return n === 0 ? "" : n < MOST_COUNTED ? String(n) : `${MOST_COUNTED}+`;
  }
  forget(group: string): void {
    this.#groups.delete(group);
  }
  #after(group: string, read: number): News[] {
    const of = this.#groups.get(group);
    for (const [position, { at }] of of ?? []) if (at <= read) of?.delete(position);
    return [...(of?.values() ?? [])];
  }
}
