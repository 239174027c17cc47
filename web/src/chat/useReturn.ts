/** A panel beside the talk that closes while the focus is in it gives it back to what opened it or, where that is gone, to the composer. */
import { getCurrentInstance, onBeforeUnmount, onUnmounted } from "vue";

export function useReturn(): void {
  const instance = getCurrentInstance();
  const opener = document.activeElement as HTMLElement | null;
  let held = false;
  onBeforeUnmount(() => {
    const panel = instance?.vnode.el as HTMLElement | null | undefined;
    held = !!panel?.contains(document.activeElement);
  });
  onUnmounted(() => {
    if (!held) return;
    const found = opener?.isConnected && opener !== document.body ? opener : document.querySelector<HTMLElement>("#content .cp-x textarea");
    // A phone's keyboard comes when somebody wants to write, not because a page was left.
    if (found?.tagName !== "TEXTAREA" || !matchMedia("(pointer: coarse)").matches) found?.focus({ preventScroll: true });
  });
}
