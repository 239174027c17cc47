import { inject, shallowRef } from "vue";
import type { InjectionKey, ShallowRef } from "vue";
import type { MessageItem } from "../api/types.ts";

/** What one column of talk is busy with: a group's timeline has one, and an open thread another. */
export interface Pane {
  /** My message that is being edited in the place of the composer. */
  editing: ShallowRef<MessageItem | null>;
}
export const PANE: InjectionKey<Pane> = Symbol("pane");

export const newPane = (): Pane => ({ editing: shallowRef(null) });
export function usePane(): Pane {
  return inject(PANE, newPane, true);
}
