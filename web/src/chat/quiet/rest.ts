/** What each group lets me do with a message now, as it was last heard. Hints for what to offer; the server decides. */
import { shallowRef } from "vue";
import { at, get } from "../../api/client.ts";
import type { MayDo, Rest } from "../../api/quiet.ts";
import { c } from "../../i18n/chat.ts";
import { t } from "../../i18n/base.ts";
import type { BASE } from "../../i18n/base.ts";

export const rests = shallowRef<Readonly<Record<string, Rest>>>({});
/** Throws ApiError. */
export async function loadRest(group: string): Promise<Rest> {
  const found = await get<Rest>(`/groups/${at(group)}/rest`);
  rests.value = { ...rests.value, [group]: found };
  return found;
}

/** Who may, where I may not, with the number of the clause; `rule` null: nobody. */
export function whoMay(rule: MayDo | null): string {
  if (rule === null) return c("only.nobody");
  const who = rule.roles.map((role) => t(`role.${role}` as keyof typeof BASE)).join(c("re.and"));
  return c("only", { who }) + (rule.clause ? c("only.clause", { clause: t("clause.n", { id: rule.clause.id }) }) : "");
}
