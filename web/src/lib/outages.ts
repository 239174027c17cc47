/** Times of an outage in words and in fields. Pure. */
import { clock, dayDistance, moment } from "./time.ts";
import type { Lang } from "./time.ts";

const two = (n: number): string => String(n).padStart(2, "0");
/** As a field for day and time has it, in local time: 2026-11-24T09:05. */
export function inField(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}
export const ofField = (typed: string): number => new Date(typed).getTime();
/** The end, without its day where that is the day of the beginning. */
export const endOf = (since: number, until: number, now: number, lang: Lang): string => (dayDistance(since, until) === 0 ? clock(until) : moment(until, now, lang));

const [WEEK_MS, AHEAD_MS] = [7 * 86_400_000, 600_000];
/** Whether the server takes these times; `until` null: it goes on. */
export const isTime = (since: number, until: number | null, now: number): boolean =>
  since >= now - WEEK_MS && since <= now + AHEAD_MS && (until === null || (until >= since && until <= now + AHEAD_MS));
