import { onBeforeUnmount, shallowRef, watch } from "vue";
import type { Ref, ShallowRef } from "vue";
import { ApiError, post } from "../api/client.ts";
import type { Verdict } from "../api/types.ts";

const PAUSE_MS = 400;

/** A verdict, and the text and the quoted position that it judges. */
export interface Checked { of: string; quote: number | null; verdict: Verdict }

/** What the gate would do with the text that is being written and what it quotes, asked after a pause in typing. */
export function useCheck(group: string, text: Ref<string>, quote: () => number | null): ShallowRef<Checked | null> {
  const found = shallowRef<Checked | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isNow = (of: string, quoted: number | null): boolean => text.value.trim() === of && quote() === quoted;
  const ask = async (of: string, quoted: number | null): Promise<void> => {
    try {
      const verdict = await post<Verdict>(`/groups/${group}/check`, { text: of, quote: quoted });
      if (isNow(of, quoted)) found.value = { of, quote: quoted, verdict };
    } catch (error) {
      // The notice is a courtesy: without it the gate still decides when the message is sent.
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 429 && isNow(of, quoted)) timer = setTimeout(() => void ask(of, quoted), 2000);
    }
  };
  watch([text, quote] as const, ([now, quoted]) => {
    clearTimeout(timer);
    const of = now.trim();
    if (!of) found.value = null;
    else if (found.value?.of !== of || found.value.quote !== quoted) timer = setTimeout(() => void ask(of, quoted), PAUSE_MS);
  }, { immediate: true });
  onBeforeUnmount(() => clearTimeout(timer));
  return found;
}
