/** What was put away: of each group until when nothing is said of its size, and of each exchange whether anything is. */
import { shallowRef } from "vue";
import { myId } from "../../live/store.ts";

const WEEK_MS = 7 * 86_400_000;
const key = (): string => `gj.audience.${myId()}`;
function read(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "{}") as Record<string, number>;
  } catch {
    return {};
  }
}
const groups = shallowRef<Record<string, number> | null>(null);
const exchanges = shallowRef<ReadonlySet<string>>(new Set());

export const isAway = (group: string, now: number): boolean => ((groups.value ??= read())[group] ?? 0) > now;
export function putAway(group: string, now: number): void {
  const all = Object.entries(groups.value ?? read()).filter(([, until]) => until > now);
  groups.value = { ...Object.fromEntries(all), [group]: now + WEEK_MS };
  localStorage.setItem(key(), JSON.stringify(groups.value));
}
export const isExchangeAway = (group: string, other: string): boolean => exchanges.value.has(`${group} ${other}`);
/** For as long as this page is open. */
export const putExchangeAway = (group: string, other: string): void => void (exchanges.value = new Set([...exchanges.value, `${group} ${other}`]));
