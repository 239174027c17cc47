/** What is kept of contacts: whether it may still be shown, and who is found in it. Pure. */
import type { Contact } from "../api/contacts.ts";

/** Its name among what a device keeps; with the mark of the session, so that it goes when that goes. */
export const KEPT = "contacts";
const DAY = 24 * 60 * 60 * 1000;
/** `at` is when the server said so (ms by this device's clock). */
export interface KeptContacts { epoch: string; at: number; days: number; contacts: readonly Contact[] }

/** A clock that was set back must not make it last for ever. */
export const mayShow = (kept: KeptContacts, epoch: string, now: number): boolean => kept.epoch === epoch && Math.abs(now - kept.at) <= kept.days * DAY;

/** Those in whom each word stands: in the name or how it is spelled, the staff number, the unit, the post or the telephone number. */
export function foundIn(contacts: readonly Contact[], typed: string): Contact[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const whole = words.join("").replaceAll("'", "");
  return contacts.filter((one) => {
    const written = [one.name, one.staff_no, one.unit?.name ?? "", ...one.posts, one.phone].join("\n").toLowerCase();
    return words.every((word) => written.includes(word)) || one.spelled.some((spelling) => spelling.startsWith(whole));
  });
}
/** As a link dials it: spaces and signs between figures are for people. */
export const dialled = (phone: string): string => `tel:${phone.replace(/[^\d+*#,;]/g, "")}`;
