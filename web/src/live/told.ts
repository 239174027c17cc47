/** Whom a message disturbs, and how much a notification says of it. Pure. */
import { ALL } from "../api/types.ts";
import type { Item, Message, Named, Told } from "../api/types.ts";

const ORDER: readonly Told[] = ["off", "none", "sender", "text"];

/** Which of both says less. */
export const least = (one: Told, other: Told): Told => (ORDER.indexOf(one) < ORDER.indexOf(other) ? one : other);

type Calling = Pick<Message, "mentions" | "silent" | "urgent">;

/** What may tell me of itself: a message that came at `at`, or an edit of it that came then. */
export interface News { group: string; at: number; position: number; from: Named; text: string; calling: Calling }

/** Of an item: a message of somebody else, or their edit that calls me who was not called before. */
export function newsOf(item: Item, mine: string): News | null {
  if (item.kind === "messaging.sent" || item.kind === "messaging.released") {
    const { position, sender, text } = item.message;
    return sender.id === mine ? null : { group: item.group, at: item.position, position, from: sender, text, calling: item.message };
  }
  if (item.kind !== "messaging.edited" || item.actor === null || item.actor.id === mine) return null;
  const calling = { mentions: item.called, silent: false, urgent: false };
  return calls(item.called, mine) ? { group: item.group, at: item.position, position: item.message, from: item.actor, text: item.text, calling } : null;
}

const calls = (mentions: readonly string[], mine: string): boolean => mentions.includes(mine) || mentions.includes(ALL);

/** Whether a message tells me of itself: a silent one nobody, an urgent one whom it calls in any case; `unless-resting`: not in my quiet time. */
export function disturbs(message: Calling, mine: string, muted: boolean): "never" | "unless-resting" | "always" {
  if (message.silent) return "never";
  const mentioned = calls(message.mentions, mine);
  if (message.urgent && (mentioned || message.mentions.length === 0)) return "always";
  return mentioned || !muted ? "unless-resting" : "never";
}
