/** Whom a message disturbs, and how much a notification says of it. Pure. */
import { ALL } from "../api/types.ts";
import type { Item, Message, Named, Told } from "../api/types.ts";

const ORDER: readonly Told[] = ["off", "none", "sender", "text"];

/** Which of both says less. */
export const least = (one: Told, other: Told): Told => (ORDER.indexOf(one) < ORDER.indexOf(other) ? one : other);

type Calling = Pick<Message, "mentions" | "silent" | "urgent">;

/** What may tell me of itself: a message that came at `at`, an edit of it that came then, or that its author reminded me of it. */
export interface News { group: string; at: number; position: number; from: Named; text: string; calling: Calling; reminds?: true }

/** Of an item: a message of somebody else, their edit that calls me who was not called before, or their reminder. */
export function newsOf(item: Item, mine: string): News | null {
  if (item.kind === "messaging.sent" || item.kind === "messaging.released") {
    const { position, sender, text } = item.message;
    return sender.id === mine ? null : { group: item.group, at: item.position, position, from: sender, text, calling: item.message };
  }
  if (item.kind === "messaging.reminded" && item.actor !== null) {
    // It ends when the message is read, however late it came.
    return { group: item.group, at: item.message, position: item.message, from: item.actor, text: "", calling: { mentions: [mine], silent: false, urgent: false }, reminds: true };
  }
  if (item.kind !== "messaging.edited" || item.actor === null || item.actor.id === mine) return null;
  const calling = { mentions: item.called, silent: false, urgent: false };
  return calls(item.called, mine) ? { group: item.group, at: item.position, position: item.message, from: item.actor, text: item.text, calling } : null;
}

/** What items that came together tell of themselves, each as it is after all of them: not what one takes back, and no text of before. */
export const newsIn = (items: readonly Item[], mine: string): News[] => items.flatMap((item, at) => {
  const news = newsOf(item, mine);
  const now = news && afterwards(news, items.slice(at + 1), mine);
  return now ? [now] : [];
});

function afterwards(news: News, later: readonly Item[], mine: string): News | null {
  let [text, stands, isCalled] = [news.text, true, true];
  for (const item of later) {
    if (item.kind === "messaging.recalled" && item.message === news.position) stands = false;
    if (item.kind === "messaging.moved" && item.message === news.position) stands = !item.on;
    if (item.kind !== "messaging.edited" || item.message !== news.position) continue;
    text = item.text;
    // An edit calls those whom the message still mentions; a message whom it called when it came.
    isCalled = news.at === news.position || calls(item.mentions, mine);
  }
  return stands && isCalled ? { ...news, text } : null;
}

const calls = (mentions: readonly string[], mine: string): boolean => mentions.includes(mine) || mentions.includes(ALL);

/** Whether a message tells me of itself: a silent one nobody, an urgent one whom it calls in any case; `unless-resting`: not in my quiet time. */
export function disturbs(message: Calling, mine: string, muted: boolean): "never" | "unless-resting" | "always" {
  if (message.silent) return "never";
  const mentioned = calls(message.mentions, mine);
  if (message.urgent && (mentioned || message.mentions.length === 0)) return "always";
  return mentioned || !muted ? "unless-resting" : "never";
}
