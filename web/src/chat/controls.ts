/** Reading the parameters of controls. Pure. */
import type { Control, GroupCard } from "../api/types.ts";

const MINUTE_MS = 60_000;
const named = (control: Control, name: string): unknown => control.with.find((one) => one.name === name)?.value;

/** For how long an author may change a message in this group, or null. */
export function editingTime(all: readonly Control[], group: GroupCard): number | null {
  for (const one of all) {
    if (!one.use.endsWith("/messaging.editing")) continue;
    const classes = named(one, "classes");
    if (Array.isArray(classes) && classes.length > 0 && !classes.includes(group.class.id)) continue;
    const minutes = named(one, "minutes");
    return (typeof minutes === "number" ? minutes : 10) * MINUTE_MS;
  }
  return null;
}
