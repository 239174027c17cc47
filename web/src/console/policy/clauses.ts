import type { Clause, ClauseList, Control } from "../../api/types.ts";
import { get } from "../../api/client.ts";
import { both } from "../../i18n/index.ts";

export const ICON: Record<Control["kind"], string> = { prevent: "shield", approve: "flow", timer: "clock", record: "archive", inform: "mega" };
export const readClauses = (): Promise<ClauseList> => get<ClauseList>("/clauses");
export const iconOf = (clause: Clause): string => ICON[clause.controls[0]?.kind ?? "inform"];
export type Cell = "live" | "idle" | "inform" | "gap";
export function cellOf(clause: Clause): Cell {
  if (clause.state === "not_yet") return "gap";
  if (clause.state === "inform") return "inform";
  return clause.controls.some((one) => one.evidence.count > 0) ? "live" : "idle";
}
/** The clauses by chapter, in the order of the rule book. */
export function chapters(clauses: readonly Clause[]): { title: string; clauses: Clause[] }[] {
  const out = new Map<string, Clause[]>();
  for (const one of clauses) {
    const title = both(one.chapter);
    out.set(title, [...(out.get(title) ?? []), one]);
  }
  return [...out].map(([title, list]) => ({ title, clauses: list }));
}
