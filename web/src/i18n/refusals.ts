/** The words for the server's codes: fetched when the first one is needed, or when the page has nothing else to do. */
import { shallowRef } from "vue";

const words = shallowRef<((code: string) => string | null) | null>(null);
let asked = false;

export function fetchWords(): void {
  if (asked) return;
  asked = true;
  void import("./errors.ts").then(({ errorWords }) => (words.value = errorWords), () => (asked = false));
}

/** Null where there are none, or not yet: what is rendered with it is rendered again once they have come. */
export function wordsFor(code: string): string | null {
  if (words.value === null) fetchWords();
  return words.value?.(code) ?? null;
}
