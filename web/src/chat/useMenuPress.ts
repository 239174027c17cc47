import { onBeforeUnmount } from "vue";

const LONG_MS = 450;
/** A finger that rests is never quite still. */
const DRIFT_PX = 10;

export interface MenuPress {
  pointerdown: (event: PointerEvent) => void;
  pointermove: (event: PointerEvent) => void;
  pointerup: () => void;
  pointercancel: () => void;
  touchend: (event: TouchEvent) => void;
  contextmenu: (event: MouseEvent) => void;
  click: (event: MouseEvent) => void;
  keydown: (event: KeyboardEvent) => void;
}

/**
 * Opens a menu by a long press of a finger, by the right button of a mouse, and from the keyboard where it stands on the element itself; for `v-on`. A finger that moves scrolls and opens nothing.
 * What the system would do on a long press (marking text, its own menu) it does not do, and the lifting of the finger presses nothing.
 */
export function useMenuPress(open: (keys?: boolean) => void): MenuPress {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from: { x: number; y: number } | null = null;
  let opened = false;
  let pressed = false;
  const stop = (): void => {
    clearTimeout(timer);
    from = null;
    pressed = false;
  };
  onBeforeUnmount(stop);
  return {
    pointerdown: (event) => {
      opened = false;
      stop();
      pressed = event.pointerType === "mouse";
      if (event.pointerType !== "touch" || !event.isPrimary) return;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        opened = true;
        open();
      }, LONG_MS);
    },
    pointermove: (event) => {
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > DRIFT_PX) stop();
    },
    pointerup: stop,
    pointercancel: stop,
    touchend: (event) => {
      // Else the lifted finger counts as a press of the mouse beside the menu, which would close it.
      if (opened && event.cancelable) event.preventDefault();
    },
    contextmenu: (event) => {
      // Android asks by the same event when a finger rests; the press above has the menu open already, or is about to.
      if (from !== null || opened) return event.preventDefault();
      const inside = event.target instanceof Element ? event.target.closest("a, img, input, textarea") : null;
      // Over marked text, a link, a picture or a field in it the browser's own menu is what one wants.
      if (document.getSelection()?.isCollapsed === false || (inside && inside !== event.currentTarget)) return;
      event.preventDefault();
      // Some systems ask while the button is still down: the menu must not lie under it when it is let go, or an act is chosen.
      if (pressed) addEventListener("pointerup", () => setTimeout(() => open()), { once: true });
      else open();
    },
    click: (event) => {
      if (!opened) return;
      opened = false;
      event.preventDefault();
      event.stopPropagation();
    },
    keydown: (event) => {
      // A link is what Enter follows.
      const enters = event.key === "Enter" && !(event.currentTarget instanceof HTMLAnchorElement);
      if (event.target !== event.currentTarget || !(enters || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) return;
      event.preventDefault();
      open(true);
    },
  };
}
