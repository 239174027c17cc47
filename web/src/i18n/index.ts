import { ref, watch } from "vue";
import type { Bilingual } from "../api/types.ts";
import type { Lang } from "../lib/time.ts";

export const LANGS: readonly Lang[] = ["zh-CN", "zh-TW", "en"];
const KEY = "gj.lang";

function initial(): Lang {
  const saved = localStorage.getItem(KEY) as Lang | null;
  if (saved !== null && LANGS.includes(saved)) return saved;
  const wanted = navigator.language.toLowerCase();
  if (/^zh-(tw|hk|mo|hant)/.test(wanted)) return "zh-TW";
  return "zh-CN";
}

export const lang = ref<Lang>(initial());
watch(lang, (one) => {
  localStorage.setItem(KEY, one);
  document.documentElement.lang = one;
}, { immediate: true });

/** One message: simplified Chinese, traditional Chinese (Taiwan), English. `{x}` is filled in; of `{x:person|people}` the first stands with 1. */
export type Triple = readonly [cn: string, tw: string, en: string];
export type Values = Record<string, string | number>;
const INDEX: Record<Lang, 0 | 1 | 2> = { "zh-CN": 0, "zh-TW": 1, en: 2 };

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, more?: string) =>
    String((one === undefined ? values[name] : Number(values[name]) === 1 ? one : more) ?? whole));
}

/** A lookup over one table of messages. Reads `lang`, so what a component renders with it follows the language. */
export function lookup<K extends string>(table: Record<K, Triple>): (key: K, values?: Values) => string {
  return (key, values) => {
    // A newer server may send a state that this version has no word for: its name is better than a page that fails.
    const text = (table[key] as Triple | undefined)?.[INDEX[lang.value]] ?? key;
    return values ? fill(text, values) : text;
  };
}

/** What stands between two sentences: a space in English, nothing after a full-width stop. */
export const gap = (): string => (lang.value === "en" ? " " : "");

const LATIN = { "，": ", ", "、": ", ", "；": "; ", "：": ": " };
/** What joins two parts of a line that is made here: the sign itself, or the one that English has for it. */
export const joint = (sign: keyof typeof LATIN): string => (lang.value === "en" ? LATIN[sign] : sign);

/** A text of the rule book in the reader's language. */
export function both(text: Bilingual | string | null | undefined): string {
  if (text === null || text === undefined) return "";
  if (typeof text === "string") return text;
  return (lang.value === "en" ? text.en || text.zh : text.zh || text.en) ?? "";
}
