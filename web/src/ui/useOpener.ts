import { type Ref, ref, watch } from "vue";
import { timesLost } from "./lost.ts";

let keys = false;
addEventListener("keydown", () => (keys = true), true);
addEventListener("pointerdown", () => (keys = false), true);
/** Whether what is opened now is opened from the keyboard, which then expects to stand on its first item. */
export const byKeys = (): boolean => keys;

/**
 * Where the focus was when a menu was opened, and back there when it closes: `back` is for `close-auto-focus`. Not where the act that
 * was chosen has brought it elsewhere, into the composer or a sheet. `held` lasts until then: what is hidden cannot take the focus.
 * `used` says whether it was ever opened: not where a part of it did not come, so that the next opening asks for it again.
 */
export function useOpener(open: Ref<boolean>): { held: Ref<boolean>; used: Ref<boolean>; back: (event: Event) => void } {
  let opener: HTMLElement | null = null;
  const [held, used] = [ref(false), ref(false)];
  let lostBefore = 0;
  watch(open, (now) => {
    if (!now) {
      if (timesLost() !== lostBefore) held.value = used.value = false;
      return;
    }
    lostBefore = timesLost();
    opener = document.activeElement as HTMLElement | null;
    held.value = used.value = true;
  }, { flush: "sync" });
  const back = (event: Event): void => {
    event.preventDefault();
    const now = document.activeElement;
    if (now === document.body || (event.target as Node).contains(now)) opener?.focus({ preventScroll: true });
    held.value = false;
  };
  return { held, used, back };
}
