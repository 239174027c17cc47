/** Whom a message disturbs, and how much a notification says of it. Pure. */
import { ALL } from "../api/types.ts";
import type { Message, Told } from "../api/types.ts";

const ORDER: readonly Told[] = ["off", "none", "sender", "text"];

/** Which of both says less. */
export const least = (one: Told, other: Told): Told => (ORDER.indexOf(one) < ORDER.indexOf(other) ? one : other);

/** Whether a message tells me of itself: a silent one nobody, an urgent one whom it calls in any case; `unless-resting`: not in my quiet time. */
export function disturbs(message: Pick<Message, "mentions" | "silent" | "urgent">, mine: string, muted: boolean): "never" | "unless-resting" | "always" {
  if (message.silent) return "never";
  const mentioned = message.mentions.includes(mine) || message.mentions.includes(ALL);
  if (message.urgent && (mentioned || message.mentions.length === 0)) return "always";
  return mentioned || !muted ? "unless-resting" : "never";
}
