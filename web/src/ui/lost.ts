/** Parts of the page that come when they are opened, and one that did not come. */
import { ref } from "vue";
import type { ComponentPublicInstance } from "vue";

/** Set while it is said that something did not open. */
export const lost = ref(false);
let times = 0;
export const timesLost = (): number => times;

export function say(): void {
  times++;
  lost.value = true;
}

/** By what those that open a part hear that it has closed. */
const CLOSES = ["onUpdate:modelValue", "onUpdate:open", "onClose"] as const;

/** For the application's `errorHandler`. What opened a part that did not come closes it, or the next opening would find it open and ask for nothing. */
export function onFailure(error: unknown, instance: ComponentPublicInstance | null): void {
  console.error(error);
  if (instance?.$options.name !== "AsyncComponentWrapper") return;
  say();
  for (const one of CLOSES) (instance.$attrs[one] as ((open: false) => void) | undefined)?.(false);
}
