/** A group's fixed communication times in words. */
import type { OfficeHours } from "../../api/order.ts";
import { joint } from "../../i18n/index.ts";
import { o } from "../../i18n/order.ts";

const two = (n: number): string => String(n).padStart(2, "0");
/** `09:00` of minutes since midnight; the end of a day is `24:00`. */
export const written = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
export const dayNames = (): string[] => o("hours.days").split(",");
function onDays(days: readonly number[]): string {
  if (days.length === 7) return o("hours.every");
  if (days.join() === "1,2,3,4,5") return o("hours.weekdays");
  return o("hours.on", { days: days.map((day) => dayNames()[day - 1] ?? "").join(joint("、")) });
}
export function hoursLine(one: OfficeHours): string {
  const time = o("hours.one", { days: onDays(one.days), from: written(one.start), to: written(one.end) });
  return one.words ? o("hours.words", { time, words: one.words }) : time;
}
export const hoursLines = (hours: readonly OfficeHours[]): string => hours.map(hoursLine).join(joint("；"));
