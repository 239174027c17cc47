import { computed, ref } from "vue";
import type { ComputedRef, Ref } from "vue";
import type { Verdict } from "../api/types.ts";
import { codePoints, cut } from "../lib/text.ts";
import { useCheck } from "./useCheck.ts";

const MOST = 10_000;

export interface Judged {
  /** What the gate would do with what stands there now. */
  verdict: ComputedRef<Verdict | null>;
  /** The same where the writer is to be told of it, and did not fold it away. */
  shown: ComputedRef<Verdict | null>;
  fold: () => void;
  tooLong: ComputedRef<boolean>;
  blocked: ComputedRef<boolean>;
  /** The text in pieces; those that the rules found are marked. */
  hits: ComputedRef<ReturnType<typeof cut>>;
}

/** What the rules would make of the text that is being written. */
export function useVerdict(group: string, text: Ref<string>, quoted: () => number | null): Judged {
  const folded = ref("");
  const checked = useCheck(group, text, quoted);
  const verdict = computed(() => (checked.value?.of === text.value.trim() && checked.value.quote === quoted() ? checked.value.verdict : null));
  const shown = computed(() => (verdict.value && verdict.value.disposition !== "deliver" && folded.value !== text.value ? verdict.value : null));
  const tooLong = computed(() => codePoints(text.value.trim()) > MOST);
  const blocked = computed(() => verdict.value?.disposition === "block" || tooLong.value);
  const hits = computed(() => {
    const lead = codePoints(text.value.slice(0, text.value.length - text.value.trimStart().length));
    return cut(text.value, (verdict.value?.findings ?? []).map((one) => ({ start: one.start + lead, end: one.end + lead })));
  });
  return { verdict, shown, fold: () => void (folded.value = text.value), tooLong, blocked, hits };
}
