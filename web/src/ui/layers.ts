/**
 * What lies over a page (a drawer, a sheet, a picture): Back closes the topmost of it before it leaves the page. Each has an entry of its
 * own in the history, at the same address and above the page's; `layers` in the entry's state names what lies there, the lowest first.
 * Where the browser stands is read from there alone, for how many steps arrive, and when, is the browser's affair. The router knows
 * nothing of these entries: it hears of a step only when that leads to an entry of another page, and no page is opened from one of them.
 */
import { onScopeDispose, watch } from "vue";
import type { Router } from "vue-router";

interface Layer { id: number; close: () => void; /** Whether there is an entry for it to be gone back from. */ entered: boolean }
interface Entry { layers?: number[]; position?: number }
const open: Layer[] = [];
/** Ends the wait for a step of our own; none is on its way where it is null. */
let arrive: (() => void) | null = null;
let way: Promise<void> | undefined;
/** A step may never arrive; what opened meanwhile is not to wait for it for ever. */
const PATIENCE_MS = 1000;

const entry = (): Entry => (history.state as Entry | null) ?? {};
const lying = (): number[] => entry().layers ?? [];
/** How many of what lies there are open still: the entries above those are of something that is gone. */
function kept(ids: number[]): number {
  const gone = ids.findIndex((id, n) => open[n]?.id !== id);
  return gone < 0 ? ids.length : gone;
}

function step(by: number): void {
  way = new Promise((done) => {
    const patience = setTimeout(() => {
      arrive?.();
      settle(true);
    }, PATIENCE_MS);
    arrive = () => {
      arrive = null;
      clearTimeout(patience);
      done();
    };
  });
  history.go(by);
}
/** Goes back to where no more than the lowest `n` lie. What is open beyond those gets an entry anew. */
function takeBack(n: number): void {
  for (const one of open.slice(n)) one.entered = false;
  step(n - lying().length);
}
async function arrived(): Promise<void> {
  while (arrive) await way;
}

/** Makes the history say what lies there; `lost`: going back has just come to nothing. */
function settle(lost = false): void {
  if (arrive) return;
  const ids = open.map((one) => one.id);
  const n = kept(lying());
  let over = n < lying().length;
  if (over && n === ids.length) {
    if (!lost) takeBack(n);
    return;
  }
  for (let up = n + 1; up <= ids.length; up += 1) {
    const state = { ...history.state as object | null, layers: ids.slice(0, up) };
    // What opens as another closes takes over its entry.
    if (over) history.replaceState(state, "");
    else history.pushState(state, "");
    over = false;
  }
  for (const one of open) one.entered = true;
}
/** What closes and opens in the same moment is one change. */
const settleSoon = (): void => void setTimeout(settle);

/** While `shown` is true, Back calls `close`. */
export function useLayer(shown: () => boolean, close: () => void): void {
  let layer: Layer | null = null;
  const leave = (): void => {
    if (!layer) return;
    open.splice(open.indexOf(layer), 1);
    layer = null;
    settleSoon();
  };
  watch(shown, (now) => {
    if (!now) return leave();
    // Not counted: the entries of what was open before the page was loaded anew are there still.
    open.push((layer = { id: Math.random(), close, entered: false }));
    settle();
  }, { immediate: true, flush: "sync" });
  onScopeDispose(leave);
}

/** Leaves the page by a button as Back would; pressed again on the way, it leads no further. */
export async function goBack(): Promise<void> {
  const from = entry().position;
  // Of two presses that wait for the same step, the second then waits for that of the first.
  while (arrive) await way;
  if (entry().position === from) step(-1 - lying().length);
}

/** Makes the router such that Back closes what lies over its pages. */
export function followBack(make: () => Router): Router {
  // Ahead of the router's own listener, for at a window they are called in the order in which they were added.
  addEventListener("popstate", (event) => {
    const own = arrive !== null;
    arrive?.();
    const ids = lying();
    const within = entry().position === router.options.history.state["position"];
    const left = open.filter((one) => one.entered && !ids.includes(one.id)).reverse();
    for (const one of left) {
      one.entered = false;
      one.close();
    }
    const n = kept(ids);
    if (within || n < ids.length) event.stopImmediatePropagation();
    // Pages are never opened from an entry above their own, so beyond what is gone nothing follows, and Forward leads back from it too.
    if (n < ids.length) takeBack(n);
    // From what was gone without its entry (a step of ours was lost) Back goes on, for it would be seen to do nothing.
    else if (within && !own && left.length === 0) step(-1);
    else settleSoon();
  });
  const router = make();
  // The router makes a page's entry from the one it stands at, so that has to be the page's own. It is at first what was loaded anew.
  router.beforeResolve(async () => {
    await arrived();
    if (lying().length === 0) return;
    takeBack(0);
    await arrived();
    if (lying().length > 0) history.replaceState({ ...history.state as object, layers: [] }, "");
  });
  router.afterEach(settleSoon);
  return router;
}
