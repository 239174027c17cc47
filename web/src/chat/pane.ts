import { inject, shallowRef } from "vue";
import type { InjectionKey, ShallowRef } from "vue";
import type { MessageItem } from "../api/types.ts";
import type { Waiting } from "../live/outbox.ts";

/** What one column of talk is busy with: a group's timeline has one, and an open thread another. */
export interface Pane {
  /** My message that is being edited in the place of the composer. */
  editing: ShallowRef<MessageItem | null>;
  /** The positions of the messages that are chosen, while several are being chosen. */
  chosen: ShallowRef<ReadonlySet<number> | null>;
}
/** What went with words that come back. */
export type Along = Partial<Pick<Waiting, "mentions" | "members" | "quote">>;
/** Words that come back to the composer, whom they mentioned, and how many people everybody was; `n` makes each time another. */
export interface Again { text: string; mentions: readonly string[]; members: number; n: number }
/** What the menu before the field has the composer do. */
export type Plus = "mention" | "file" | "voice" | "later";
export const PANE: InjectionKey<Pane> = Symbol("pane");

export const newPane = (): Pane => ({ editing: shallowRef(null), chosen: shallowRef(null) });
export function usePane(): Pane {
  return inject(PANE, newPane, true);
}

/** As many as may be passed on at once. */
export const MOST_CHOSEN = 100;
/** Chooses a message or takes it back; the first one begins the choosing. */
export function toggle(pane: Pane, item: MessageItem): void {
  const next = new Set(pane.chosen.value ?? []);
  if (!next.delete(item.position) && next.size < MOST_CHOSEN) next.add(item.position);
  pane.chosen.value = next;
}
