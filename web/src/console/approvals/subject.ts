import type { ApprovalRequest, PersonMark, Step } from "../../api/types.ts";
import { t } from "../../i18n/base.ts";
import { both, joint } from "../../i18n/index.ts";
import type { WORK } from "../../i18n/work.ts";
import { w } from "../../i18n/work.ts";
import { joined } from "../../lib/time.ts";

export interface Line { label: string; value: string; wide: boolean }
const LABELS: readonly [field: string, label: keyof typeof WORK, wide: boolean][] = [
  ["name", "f.name", true], ["group", "f.group", true], ["class", "f.class", false], ["level", "f.level", false], ["owner", "f.owner", false],
  ["administrators", "f.administrators", false], ["end_date", "f.end_date", false], ["kind", "f.kind", false], ["tool", "f.tool", false], ["person", "f.person", false],
  ["responsible", "f.responsible", false], ["members", "f.members", true], ["purpose", "f.purpose", true], ["scope", "f.scope", true], ["rules", "f.rules", true], ["reason", "f.reason", true],
];

function words(field: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return field === "end_date" ? t("word.long") : "";
  if (field === "kind") return w(value === "external_tool" ? "apply.kind.external_tool" : "apply.kind.internal");
  if (field === "end_date") return joined(String(value));
  if (Array.isArray(value)) return value.map((one) => words("", one)).filter(Boolean).join(t("word.and"));
  if (typeof value === "object") {
    const one = value as { name?: string; title?: { zh: string; en: string } | string; zh?: string; unit?: { name: string } | null };
    if (one.name) return one.unit ? t("word.with_unit", { name: one.name, unit: one.unit.name }) : one.name;
    return both((one.title ?? one) as { zh: string; en: string });
  }
  return String(value);
}

/** What is asked, as pairs of words; unknown fields of other kinds of requests are left out rather than shown raw. */
export function subjectLines(subject: Record<string, unknown>): Line[] {
  const out: Line[] = [];
  for (const [field, label, wide] of LABELS) {
    if (!(field in subject)) continue;
    const value = words(field, subject[field]);
    if (value) out.push({ label: w(label), value, wide });
  }
  return out;
}

export function kindWords(kind: string): string {
  const key = `kind.${kind}`;
  const known: Record<string, keyof typeof WORK> = {
    "kind.group.registration": "kind.group.registration", "kind.group.join": "kind.group.join", "kind.group.leave": "kind.group.leave", "kind.group.closing": "kind.group.closing",
    "kind.bot.incoming": "kind.bot.incoming",
  };
  return w(known[key] ?? "kind.other");
}
export const waitingStep = (request: ApprovalRequest): Step | undefined => request.steps.find((one) => one.state === "waiting");
export const unitOf = (person: PersonMark): string => (person.unit ? `${person.name}${joint("，")}${person.unit.name}` : person.name);
