/** Pure: the times that one can send at. */

export const SOONEST_MS = 60_000;
export const FARTHEST_MS = 60 * 86_400_000;

export interface Choice { word: "sc.today" | "sc.tomorrow"; at: number }

/** The evening of today while it lies ahead, and the morning of tomorrow. */
export function choices(now: number): Choice[] {
  const day = (ahead: number, hour: number): number => {
    const d = new Date(now);
    d.setDate(d.getDate() + ahead);
    return d.setHours(hour, 0, 0, 0);
  };
  const today: Choice = { word: "sc.today", at: day(0, 18) };
  const tomorrow: Choice = { word: "sc.tomorrow", at: day(1, 9) };
  return today.at >= now + SOONEST_MS ? [today, tomorrow] : [tomorrow];
}

/** What a field of the browser holds as a time; null for what is no time, or too near or far. */
export function fromField(typed: string, now: number): number | null {
  const at = new Date(typed).getTime();
  return Number.isNaN(at) || at < now + SOONEST_MS || at > now + FARTHEST_MS ? null : at;
}
