/** The members of a group, for mentions: fetched once when a composer or a message with mentions needs them. */
import { shallowRef } from "vue";
import { get } from "../api/client.ts";
import { ALL } from "../api/types.ts";
import type { Member, MemberState } from "../api/types.ts";
import { CHAT } from "../i18n/chat.ts";
import { me, moved } from "../live/store.ts";

const members = shallowRef<Record<string, { at: number; list: Member[] }>>({});
const asked = new Map<string, number>();

/** Active members of a group as far as they are known here; asks for them when they are not. */
export function membersOf(group: string): Member[] {
  const changed = moved.value.groups[group] ?? 0;
  const known = members.value[group];
  if ((known === undefined || known.at < changed) && (asked.get(group) ?? -1) < changed) {
    asked.set(group, changed);
    void get<{ members: Member[] }>(`/groups/${group}/members`)
      .then(({ members: list }) => {
        if ((members.value[group]?.at ?? -1) < changed) members.value = { ...members.value, [group]: { at: changed, list } };
      })
      .catch(() => asked.delete(group));
  }
  return known?.list ?? [];
}
/** Who has asked to leave reads on until it is decided. */
export const PRESENT: readonly MemberState[] = ["active", "leaving_requested"];
/** Whether somebody can be mentioned; where the members are not known, the server says. */
export function isHere(group: string, person: string): boolean {
  const known = membersOf(group);
  return person === ALL || known.length === 0 || known.some((one) => one.person.id === person && PRESENT.includes(one.state));
}
/** What stands after the @ of a mention of everybody, in every language of the screens: the writer's may be another than mine. */
export const EVERYBODY: readonly string[] = [...new Set(CHAT["al.name"])];
/** The names by which a text may mention somebody. */
export const namesOf = (group: string, person: string): readonly string[] => (person === ALL ? EVERYBODY : [nameOf(group, person)].filter(Boolean));
export function nameOf(group: string, person: string): string {
  if (me.value?.person.id === person) return me.value.person.name;
  return membersOf(group).find((one) => one.person.id === person)?.person.name ?? "";
}
