/** How much a notification says. Pure. */
import type { NotificationChoice, Told } from "../api/types.ts";

const ORDER: readonly Told[] = ["off", "none", "sender", "text"];

/** Which of both says less. */
export const least = (one: Told, other: Told): Told => (ORDER.indexOf(one) < ORDER.indexOf(other) ? one : other);

/** Whether I want quiet at this minute of the day; a quiet time may pass midnight. */
export function isQuiet({ quiet_from: from, quiet_until: until }: NotificationChoice, minute: number): boolean {
  if (from === null || until === null) return false;
  return from <= until ? from <= minute && minute < until : minute >= from || minute < until;
}
