import { nextTick, onBeforeUnmount, onMounted, ref, watch } from "vue";
import type { Ref } from "vue";

const PAUSE_MS = 300;
const SLACK_PX = 8;

export interface Seeing {
  /** Whether somebody looks: the page is shown and its window has the focus. */
  here: Ref<boolean>;
}

/**
 * Tells how far the messages of a scrolling box were seen: those whose end was on screen while somebody looked. `rows` changes when
 * the box gets other messages; each carries its position in `data-item`. `seen` is called at most a few times a second.
 */
export function useSeen(box: Ref<HTMLElement | undefined>, rows: () => unknown, seen: (position: number) => void): Seeing {
  const looks = (): boolean => document.visibilityState === "visible" && document.hasFocus();
  const here = ref(looks());
  const shown = new Set<Element>();
  let watcher: IntersectionObserver | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell(): void {
    timer = undefined;
    const root = box.value?.getBoundingClientRect();
    if (!here.value || !root) return;
    let last = -1;
    for (const one of shown) {
      if (!one.isConnected) shown.delete(one);
      // Of a message that is taller than the screen one has seen the end when its lower edge is in it.
      else if (one.getBoundingClientRect().bottom <= root.bottom + SLACK_PX) last = Math.max(last, Number((one as HTMLElement).dataset["item"]));
    }
    if (last >= 0) seen(last);
  }
  const soon = (): void => void (timer ??= setTimeout(tell, PAUSE_MS));
  function look(): void {
    here.value = looks();
    if (here.value) soon();
  }
  function observe(): void {
    for (const one of box.value?.querySelectorAll("[data-item]") ?? []) watcher?.observe(one);
  }
  onMounted(() => {
    watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) shown.add(entry.target);
        else shown.delete(entry.target);
      }
      soon();
    }, { root: box.value ?? null });
    observe();
    box.value?.addEventListener("scroll", soon, { passive: true });
    addEventListener("focus", look);
    addEventListener("blur", look);
    document.addEventListener("visibilitychange", look);
  });
  watch(rows, async () => {
    await nextTick();
    observe();
  });
  onBeforeUnmount(() => {
    watcher?.disconnect();
    clearTimeout(timer);
    removeEventListener("focus", look);
    removeEventListener("blur", look);
    document.removeEventListener("visibilitychange", look);
  });
  return { here };
}
