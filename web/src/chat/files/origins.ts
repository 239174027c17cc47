/** Where the files of a composer come from: asked where the group wants it, before anything is sent off or waits here. */
import { shallowReactive, shallowRef } from "vue";
import type { Origin, OriginRule } from "../../api/origin.ts";
import type { ClauseMark, FileMark } from "../../api/types.ts";
import { device } from "../../live/store.ts";
import { pendingOf } from "./pending.ts";

const NOTED: readonly string[] = ["licensed", "public"];
export const needsNote = (origin: Origin): boolean => NOTED.includes(origin.kind);
/** An origin as it is sent; null while a part of it is missing. */
export function whole(origin: Origin | null): Origin | null {
  if (origin === null) return null;
  const note = needsNote(origin) ? origin.note.trim() : "";
  return needsNote(origin) && note === "" ? null : { kind: origin.kind, note };
}

/** What was chosen in each composer. */
const chosen = shallowReactive(new Map<string, Origin>());
/** What was said of the last files that each group was sent: most come from where those before came from. It lives as long as the page. */
const last = shallowReactive(new Map<string, Origin>());
const groupOf = (box: string): string => box.split("/", 1)[0] ?? box;
/** The composer that was to send, and could not; `n` grows each time. */
export const reminded = shallowRef<{ box: string; n: number } | null>(null);

export const ruleOf = (group: string): OriginRule | null => device.value?.groups[group]?.origin ?? null;
/** A refusal has told of a rule that this page did not know: what comes back to the composer is asked. */
export function heard(group: string, clause: ClauseMark): void {
  const [known, here] = [device.value, device.value?.groups[group]];
  if (known && here && !here.origin) device.value = { ...known, groups: { ...known.groups, [group]: { ...here, origin: { of: ["file", "image"], clause } } } };
}
/** Whether a group asks it of some of these files. */
export const asksOf = (group: string, files: readonly Pick<FileMark, "kind" | "origin">[]): boolean =>
  files.some((one) => !one.origin && ruleOf(group)?.of.includes(one.kind));
/** Whether it is asked of what was added to a composer. What was sent off from it has its answer. */
export const asksIn = (box: string): boolean =>
  pendingOf(box).some((one) => one.cmid === null && asksOf(one.group, [{ kind: one.file?.kind ?? one.kind }]));
export const chosenIn = (box: string): Origin | null => chosen.get(box) ?? last.get(groupOf(box)) ?? null;
export function choose(box: string, origin: Origin): void {
  chosen.set(box, origin);
}
/** Whether files here still lack an answer. */
export const lacks = (box: string): boolean => asksIn(box) && whole(chosenIn(box)) === null;
/** The same for who wants to send, who is then shown what is missing. */
export function stops(box: string): boolean {
  if (!lacks(box)) return false;
  reminded.value = { box, n: (reminded.value?.n ?? 0) + 1 };
  return true;
}
/** What a message says of its files. */
export function originIn(box: string): { origin?: Origin } {
  const origin = asksIn(box) ? whole(chosenIn(box)) : null;
  return origin === null ? {} : { origin };
}
/** What was missing is there, or is not asked any more. */
export function unremind(box: string): void {
  if (reminded.value?.box === box) reminded.value = null;
}
/** They were sent off, or came back with what was said of them. */
export function settled(box: string, origin: Origin | undefined): void {
  if (origin === undefined) return;
  chosen.delete(box);
  // Who permitted the last ones need not have permitted the next: a note is asked again.
  last.set(groupOf(box), { kind: origin.kind, note: "" });
}
