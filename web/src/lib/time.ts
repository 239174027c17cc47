/** Times are milliseconds since 1970; shown in the reader's time zone, 24 hours, never relative beyond yesterday. */

const two = (n: number): string => String(n).padStart(2, "0");
export type Lang = "zh-CN" | "zh-TW" | "en";
const WEEK: Record<Lang, readonly string[]> = {
  "zh-CN": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
  "zh-TW": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
  en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
};
const MONTH = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

export function clock(at: number): string {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}`;
}
export function seconds(at: number): string {
  return `${clock(at)}:${two(new Date(at).getSeconds())}`;
}
/** 2026-11-24, with word joiners so that a line never breaks inside it. */
export function date(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-\u2060${two(d.getMonth() + 1)}-\u2060${two(d.getDate())}`;
}
export const joined = (day: string): string => day.replaceAll("-", "-\u2060");
/** The calendar day as yyyy-mm-dd in local time: a key for day separators and date fields. */
export function dayKey(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}
export function dayDistance(at: number, now: number): number {
  const start = (one: number): number => new Date(one).setHours(0, 0, 0, 0);
  return Math.round((start(now) - start(at)) / 86_400_000);
}
const NEAR: Record<Lang, readonly [string, string, string]> = {
  "zh-CN": ["今天", "昨天", "明天"], "zh-TW": ["今天", "昨天", "明天"], en: ["Today", "Yesterday", "Tomorrow"],
};

/** For a list: the time today, 昨天, the weekday within six days, then month and day, then the date. */
export function inList(at: number, now: number, lang: Lang): string {
  const days = dayDistance(at, now);
  if (days === 0) return clock(at);
  if (days === 1) return NEAR[lang][1];
  const d = new Date(at);
  if (days > 1 && days < 7) return (WEEK[lang][d.getDay()] ?? "").replace("星期", "周").slice(0, 3);
  if (d.getFullYear() === new Date(now).getFullYear()) return `${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  return date(at);
}
/** For a day separator: 11 月 24 日 星期二. */
export function dayTitle(at: number, now: number, lang: Lang): string {
  const d = new Date(at);
  const year = d.getFullYear() === new Date(now).getFullYear() ? "" : lang === "en" ? `, ${d.getFullYear()}` : `${d.getFullYear()} 年 `;
  const week = WEEK[lang][d.getDay()] ?? "";
  const near = dayDistance(at, now);
  const lead = near === 0 ? `${NEAR[lang][0]} ` : near === 1 ? `${NEAR[lang][1]} ` : "";
  if (lang === "en") return `${lead}${week}, ${d.getDate()} ${MONTH[d.getMonth()]}${year}`;
  return `${lead}${year}${d.getMonth() + 1} 月 ${d.getDate()} 日 ${week}`;
}
/** For a record: 今天 10:22, 昨天 17:30, 11-22 16:00, 2025-11-22 16:00. */
export function moment(at: number, now: number, lang: Lang): string {
  const days = dayDistance(at, now);
  const near = days === 0 ? NEAR[lang][0] : days === 1 ? NEAR[lang][1] : days === -1 ? NEAR[lang][2] : "";
  if (near) return `${near} ${clock(at)}`;
  const d = new Date(at);
  if (d.getFullYear() === new Date(now).getFullYear()) return `${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock(at)}`;
  return `${date(at)} ${clock(at)}`;
}
/** 2026 年 11 月 24 日 10:36:07. */
export function full(at: number, lang: Lang): string {
  const d = new Date(at);
  if (lang === "en") return `${d.getDate()} ${MONTH[d.getMonth()]} ${d.getFullYear()}, ${seconds(at)}`;
  return `${d.getFullYear()} 年 ${d.getMonth() + 1} 月 ${d.getDate()} 日 ${seconds(at)}`;
}
/** A length of time in at most two units: 2 小时 15 分. */
export function span(ms: number, lang: Lang): string {
  const minutes = Math.max(1, Math.round(Math.abs(ms) / 60_000));
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const unit = lang === "en" ? ["d", "h", "min"] : lang === "zh-TW" ? ["天", "小時", "分"] : ["天", "小时", "分"];
  const parts: string[] = [];
  if (d) parts.push(`${d}\u00a0${unit[0]}`);
  if (h) parts.push(`${h}\u00a0${unit[1]}`);
  if (m && !d) parts.push(`${m}\u00a0${unit[2]}`);
  return parts.join(" ");
}
/** How a deadline looks: what is left of the time in percent, and whether it is near (a quarter left) or over. */
export function deadline(due: number, opened: number, now: number): { state: "ok" | "near" | "over"; left: number } {
  const all = Math.max(1, due - opened);
  const left = Math.max(0, Math.min(100, Math.round(((due - now) / all) * 100)));
  return { state: now > due ? "over" : left <= 25 ? "near" : "ok", left };
}
