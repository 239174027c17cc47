/** Who cannot answer by now, in words. */
import type { Absence } from "../api/absences.ts";
import { b } from "../i18n/absences.ts";
import { lang } from "../i18n/index.ts";
import { clock, dayDistance, moment } from "../lib/time.ts";
import { absences } from "../lib/absence.ts";
import { now } from "./now.ts";

export function absenceOf(person: string): Absence | null {
  const found = absences.value.get(person)?.absence;
  return found && found.until > now.value ? found : null;
}
/** The time alone where it is today's. */
export function timeWords(at: number): string {
  if (dayDistance(at, now.value) === 0) return clock(at);
  const words = moment(at, now.value, lang.value);
  return lang.value === "en" ? words.toLowerCase() : words;
}
/** 15:00 前无法回复 · 手术中. */
export const absenceWords = (one: Absence): string => [b("until", { time: timeWords(one.until) }), one.reason].filter(Boolean).join(" · ");
/** With the name before it. */
export const namedWords = (name: string, one: Absence): string => b("named", { name, words: absenceWords(one) });
