import { onBeforeUnmount, watch } from "vue";
import type { Ref } from "vue";
import { arrived, keepDraft, saveDraft } from "../live/drafts.ts";

/**
 * Keeps what stands in a composer, and takes over what another screen of mine wrote last. Gives what saves it at once.
 *
 * While `burns` says so nothing is kept, and what was kept before is given up.
 */
export function useDraft(group: string, thread: number | null, text: Ref<string>, quote: () => number | null, burns: () => boolean, mentioned: ReadonlyMap<string, string>): () => void {
  watch([text, quote, burns] as const, ([now, quoted, is]) => keepDraft(group, is ? "" : now, is ? null : quoted, thread, [...mentioned]));
  watch(arrived, (one) => {
    if (!burns() && one?.group === group && one.thread === thread) text.value = one.text;
  });
  const save = (): void => saveDraft(group, thread);
  addEventListener("pagehide", save);
  onBeforeUnmount(() => {
    removeEventListener("pagehide", save);
    save();
  });
  return save;
}
