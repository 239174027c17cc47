import { t } from "../../i18n/base.ts";
import { b } from "../../i18n/book.ts";
import { both, joint } from "../../i18n/index.ts";
import { valueWord } from "../../i18n/values.ts";
import { bytes } from "../../ui/files/marks.ts";

/** Empty ones of these narrow nothing down; any other that is empty names nothing. */
const OPEN = new Set(["classes", "types", "posts", "when"]);

function record(one: Record<string, unknown>): string {
  const { zh, en, working_hours: hours, regex, category } = one;
  if (typeof zh === "string") return both({ zh, en: typeof en === "string" ? en : zh });
  if (typeof hours === "number") return b("pm.working_hours", { n: hours });
  if (typeof regex === "string") return `${valueWord(String(category))} ${regex}`;
  return Object.entries(one).map(([name, inner]) => `${name} ${wordsOf(name, inner)}`).join(joint("；"));
}

/** The value of a control's parameter in words; never empty. */
export function wordsOf(name: string, value: unknown): string {
  if (value === true) return t("word.yes");
  if (value === false) return t("word.no");
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return OPEN.has(name) ? b("pm.any") : t("word.none");
  if (Array.isArray(value)) return value.map((one) => wordsOf(name, one)).join(t("word.and"));
  if (typeof value === "object") return record(value as Record<string, unknown>);
  if (typeof value === "number" && name.endsWith("_bytes")) return bytes(value);
  return valueWord(String(value));
}
