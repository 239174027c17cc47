import { onBeforeUnmount, ref, type Ref, watch } from "vue";

const ROWS = "article.m, .sys[data-position], .tl-in > button, .tl > button";
const CONTROLS = "a[href], button:not(:disabled), input, textarea, audio[controls], video[controls]";

export interface LogKeys {
  /** For the element at the end of the log: who comes back from below enters there. */
  end: Ref<HTMLElement | undefined>;
  keydown: (event: KeyboardEvent) => void;
  focus: (event: FocusEvent) => void;
  enter: () => void;
}

/**
 * The keys of a log of messages, which is one stop of the Tab key however much stands in it: arrows, Home and End go from message to message,
 * Tab through what one message has to press and then out, Escape from there back to the message. All else scrolls as anywhere.
 */
export function useLogKeys(box: Ref<HTMLElement | undefined>): LogKeys {
  const end = ref<HTMLElement>();
  let current: HTMLElement | null = null;
  /** The browser goes on from an end of the log itself, which then is only passed by. */
  let passing = false;
  const rows = (): HTMLElement[] => [...(box.value?.querySelectorAll<HTMLElement>(ROWS) ?? [])];
  const seen = (row: HTMLElement): boolean => {
    const [all, one] = [box.value?.getBoundingClientRect(), row.getBoundingClientRect()];
    return all !== undefined && one.top < all.bottom && one.bottom > all.top;
  };
  const goTo = (row: HTMLElement | undefined): void => {
    if (row === undefined) return;
    current = row;
    // What has no place in the order of the Tab key can take the focus only when it says so.
    if (row.tabIndex < 0) row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const start = (): HTMLElement | undefined => (current?.isConnected && seen(current) ? current : (rows().findLast(seen) ?? rows().at(-1)));
  function enter(): void {
    if (passing) return;
    const row = start();
    if (row) goTo(row);
    else box.value?.focus();
  }
  function leave(by: HTMLElement | undefined): void {
    passing = true;
    by?.focus({ preventScroll: true });
    passing = false;
  }
  const controls = (row: HTMLElement): HTMLElement[] => [...row.querySelectorAll<HTMLElement>(CONTROLS)].filter((one) => one.tabIndex >= 0 && one.getClientRects().length > 0);

  /** A message that is recalled makes room for a line that says so, which then has the focus in its place. */
  const changes = new MutationObserver(() => {
    if (!current || current.isConnected || document.activeElement !== document.body) return;
    const heir = rows().find((one) => one.dataset["position"] === current?.dataset["position"]);
    if (heir?.dataset["position"]) goTo(heir);
    else current = null;
  });
  watch(box, (now) => {
    changes.disconnect();
    if (now) changes.observe(now, { childList: true, subtree: true });
  }, { flush: "post" });
  onBeforeUnmount(() => changes.disconnect());

  function onTab(event: KeyboardEvent, row: HTMLElement): void {
    const inside = controls(row);
    const at = inside.indexOf(event.target as HTMLElement);
    if (!event.shiftKey && at === inside.length - 1) leave(end.value);
    else if (event.shiftKey && event.target === row) leave(box.value);
    else if (event.shiftKey && at === 0) {
      event.preventDefault();
      goTo(row);
    }
  }
  function keydown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
    const { target } = event;
    const row = target.closest<HTMLElement>(ROWS);
    if (row && event.key === "Tab") return onTab(event, row);
    if (row && target !== row) {
      if (event.key !== "Escape") return;
      event.preventDefault();
      return goTo(row);
    }
    if ((!row && target !== box.value) || event.shiftKey) return;
    const all = rows();
    const at = row ? all.indexOf(row) : -1;
    const step = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (step === undefined || all.length === 0) return;
    event.preventDefault();
    goTo(row || event.key === "Home" || event.key === "End" ? (all[step] ?? row ?? undefined) : start());
  }
  return {
    end,
    keydown,
    // A press of the mouse into the log focuses it too, and is no wish to be led to a message.
    focus: (event) => {
      if (event.target === box.value && box.value?.matches(":focus-visible")) enter();
    },
    enter,
  };
}
