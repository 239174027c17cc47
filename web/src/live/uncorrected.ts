import type { ChangeItem, Message } from "../api/types.ts";

/** A correction that is recalled leads nowhere, and what led to it leads to the one before, if that is a correction. */
export function uncorrected(message: Message, item: ChangeItem): Message {
  if (item.kind !== "messaging.recalled") return message;
  const left = item.corrected ?? null;
  const leads = (one: { position: number; corrected?: number | null }): number | null => {
    if (one.position === item.message && (item.corrects ?? null) !== null) return null;
    if (one.corrected !== item.message) return one.corrected ?? null;
    return left !== null && left > one.position ? left : null;
  };
  const quote = message.quote ?? null;
  const [corrected, quoted] = [leads(message), quote && leads(quote)];
  if (corrected === (message.corrected ?? null) && quoted === (quote?.corrected ?? null)) return message;
  return { ...message, corrected, quote: quote && { ...quote, corrected: quoted } };
}
