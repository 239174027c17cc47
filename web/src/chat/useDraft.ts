import { nextTick, onBeforeUnmount, onMounted, watch } from "vue";
import type { Ref } from "vue";
import { composeDraft, draftOf, keepDraft, mentionedIn, quoteOf, saveDraft } from "../live/drafts.ts";
import { membersOf } from "./names.ts";

/**
 * Keeps what stands in a composer, and takes over what came of it from elsewhere. Gives what saves it at once.
 *
 * While `burns` says so nothing is kept, and what was kept before is given up.
 */
export function useDraft(group: string, thread: number | null, text: Ref<string>, quote: () => number | null, burns: () => boolean, mentioned: Map<string, string>, field: Ref<HTMLElement | undefined>): () => void {
  function take(): void {
    const kept = draftOf(group, thread);
    if (burns() || kept === (text.value.trim() && text.value)) return;
    for (const [id, name] of mentionedIn(group, thread)) mentioned.set(id, name);
    text.value = kept;
  }
  watch([text, quote, burns] as const, ([now, quoted, is], [, before, was]) => {
    if (is) return was ? undefined : keepDraft(group, "", null, thread);
    if (was && now === "") return take();
    // What a draft quotes may not stand above it yet.
    const same = now.trim() !== "" && quoted === before;
    keepDraft(group, now, quoted ?? (same ? quoteOf(group, thread) : null), thread, [...mentioned]);
  });
  watch(() => draftOf(group, thread), take);
  // Whoever was mentioned may have left since: it is known when it is sent.
  watch(() => mentionedIn(group, thread).length > 0 && membersOf(group), () => undefined, { immediate: true });
  const save = (): void => saveDraft(group, thread);
  addEventListener("pagehide", save);
  onMounted(() => {
    field.value?.addEventListener("compositionstart", () => composeDraft(group, thread, true));
    // By the next tick what was composed is kept.
    field.value?.addEventListener("compositionend", () => void nextTick(() => composeDraft(group, thread, false)));
  });
  onBeforeUnmount(() => {
    removeEventListener("pagehide", save);
    composeDraft(group, thread, false);
    save();
  });
  return save;
}
