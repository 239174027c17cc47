/**
 * What lies over a page (a drawer, a sheet, a picture): Back closes the topmost of it before it leaves the page. Each has an entry of its
 * own in the history, at the same address; `layer` in the entry's state says how many lie there.
 */
import { onBeforeUnmount, watch } from "vue";
import type { Router } from "vue-router";

interface Layer { close: () => void }
const open: Layer[] = [];
/** While the browser is on its way back to where as many lie as are open: ends the wait for it. */
let arrived: (() => void) | null = null;
let way: Promise<void> | undefined;
/** The page that is on its way: where it comes to lie decides what is to be gone back. */
let moving: unknown = null;
/** Whether another page stands in the place of the entry, which has the old one's state on. */
let replaced = false;
const PATIENCE_MS = 1000;

const marked = (): number => (history.state as { layer?: number } | null)?.layer ?? 0;

/** Makes the history say how many lie there. */
function settle(): void {
  if (arrived) return;
  if (replaced && marked() > open.length) history.replaceState({ ...(history.state as object | null), layer: open.length }, "");
  replaced = false;
  for (let n = marked(); n < open.length; n += 1) history.pushState({ ...(history.state as object | null), layer: n + 1 }, "");
  const over = marked() - open.length;
  if (over <= 0 || moving) return;
  way = new Promise((done) => {
    arrived = done;
    setTimeout(done, PATIENCE_MS);
  });
  history.go(-over);
}
/** What closes because another page is opened must not lead back from it, and what opens in the same moment takes over the entry. */
const settleSoon = (): void => void setTimeout(settle);

/** While `shown` is true, Back calls `close`. */
export function useLayer(shown: () => boolean, close: () => void): void {
  const layer = { close };
  const leave = (): void => {
    const n = open.indexOf(layer);
    if (n < 0) return;
    open.splice(n, 1);
    settleSoon();
  };
  watch(shown, (now) => {
    if (!now) return leave();
    open.push(layer);
    settle();
  }, { immediate: true, flush: "sync" });
  onBeforeUnmount(leave);
}

/** To be called once, before anything opens. */
export function followBack(router: Router): void {
  addEventListener("popstate", (event) => {
    // Between entries of one page nothing is to be navigated, and a page that is on its way must not be given up for it.
    if (router.resolve(location.pathname + location.search + location.hash).fullPath === router.currentRoute.value.fullPath) event.stopImmediatePropagation();
    if (arrived) arrived();
    else for (const one of open.slice(marked()).reverse()) one.close();
    arrived = null;
    settleSoon();
  }, { capture: true });
  let replacing = false;
  const replace = router.replace.bind(router);
  router.replace = (to) => {
    replacing = true;
    return replace(to).finally(() => (replacing = false));
  };
  router.beforeEach((to) => void (moving = to));
  router.onError(() => void (moving = null));
  router.afterEach((to, from, failure) => {
    if (moving !== to) return;
    replaced = replacing && !failure && to.path !== from.path;
    moving = null;
    settleSoon();
  });
  // Going back would end at the page that was opened meanwhile.
  router.beforeResolve(() => way);
  // A page that was loaded anew has nothing lying over it.
  void router.isReady().then(settle);
}
