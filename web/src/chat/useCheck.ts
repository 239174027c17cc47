import { onBeforeUnmount, shallowRef, watch } from "vue";
import type { Ref, ShallowRef } from "vue";
import { ApiError, post } from "../api/client.ts";
import type { Verdict } from "../api/types.ts";

const PAUSE_MS = 400;

/** What the gate would do with the text that is being written, asked after a pause in typing. `of` is the text that it judges. */
export function useCheck(group: string, text: Ref<string>): ShallowRef<{ of: string; verdict: Verdict } | null> {
  const found = shallowRef<{ of: string; verdict: Verdict } | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (of: string): Promise<void> => {
    try {
      const verdict = await post<Verdict>(`/groups/${group}/check`, { text: of });
      if (text.value.trim() === of) found.value = { of, verdict };
    } catch (error) {
      // The notice is a courtesy: without it the gate still decides when the message is sent.
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 429 && text.value.trim() === of) timer = setTimeout(() => void ask(of), 2000);
    }
  };
  watch(text, (now) => {
    clearTimeout(timer);
    const of = now.trim();
    if (!of) found.value = null;
    else if (found.value?.of !== of) timer = setTimeout(() => void ask(of), PAUSE_MS);
  }, { immediate: true });
  onBeforeUnmount(() => clearTimeout(timer));
  return found;
}
