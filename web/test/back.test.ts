import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { effectScope, nextTick, ref, watch } from "vue";
import type { Ref } from "vue";
import type { Router } from "vue-router";
import { Browser } from "./browser.ts";

type Layers = typeof import("../src/ui/layers.ts");
let browser: Browser;
let layers: Layers;
let router: Router;

/** The client as main.ts starts it, over what the history holds. */
async function load(): Promise<void> {
  vi.resetModules();
  browser.load();
  const { createRouter, createWebHistory } = await import("vue-router");
  layers = await import("../src/ui/layers.ts");
  router = layers.followBack(() => createRouter({ history: createWebHistory(), routes: [{ path: "/:page*", component: {} }] }));
  router.beforeEach(() => new Promise<void>((done) => setTimeout(done, 5)));
  void router.push(router.options.history.location);
  await pass();
}
/** Long enough for every step and page to arrive; not for the patience with what does not. */
const pass = async (ms = 300): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));
const back = async (): Promise<void> => {
  browser.go(-1);
  await pass();
};
const forward = async (): Promise<void> => {
  browser.go(1);
  await pass();
};
async function to(path: string): Promise<void> {
  void router.push(path);
  await pass();
}
/** What may lie over a page; it closes with the page it lies over, unless it stays. */
function layer(stays = false): Ref<boolean> {
  const shown = ref(false);
  const scope = effectScope();
  scope.run(() => {
    layers.useLayer(() => shown.value, () => (shown.value = false));
    if (!stays) watch(() => router.currentRoute.value.path, () => (shown.value = false));
  });
  return shown;
}
const page = (): string => {
  expect(router.currentRoute.value.fullPath, "what is shown is what the address says").toBe(browser.here.url);
  return browser.here.url;
};

beforeEach(async () => {
  vi.useFakeTimers();
  browser = new Browser("/list");
  await load();
  await to("/talk");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("Back closes what lies over the page, the topmost first, then leaves the page", async () => {
  const [drawer, sheet] = [layer(), layer()];
  drawer.value = true;
  await pass();
  sheet.value = true;
  await pass();
  await back();
  expect([drawer.value, sheet.value, page()]).toEqual([true, false, "/talk"]);
  await back();
  expect([drawer.value, page()]).toEqual([false, "/talk"]);
  await back();
  expect(page()).toBe("/list");
});
it("what was closed by hand leaves nothing behind, two at once neither", async () => {
  const [drawer, sheet] = [layer(), layer()];
  for (const pause of [0, 10, 300]) {
    drawer.value = sheet.value = true;
    await pass();
    sheet.value = false;
    if (pause) await pass(pause);
    drawer.value = false;
    drawer.value = false;
    await pass();
    expect([browser.at, page()]).toEqual([1, "/talk"]);
  }
  await back();
  expect(page()).toBe("/list");
});
it("the lower of two goes, the upper stays", async () => {
  const [drawer, sheet] = [layer(), layer()];
  drawer.value = sheet.value = true;
  await pass();
  drawer.value = false;
  await pass();
  expect(sheet.value).toBe(true);
  await back();
  expect([sheet.value, page(), browser.at]).toEqual([false, "/talk", 1]);
  await back();
  expect(page()).toBe("/list");
});
it.each([0, 1, 10, 19, 21])("opened, closed and opened again after %i ms, it closes at one Back", async (pause) => {
  const menu = layer();
  for (let n = 0; n < 3; n += 1) {
    menu.value = true;
    if (pause) await pass(pause);
    menu.value = false;
    if (pause) await pass(pause);
  }
  menu.value = true;
  await pass();
  expect(menu.value).toBe(true);
  await back();
  expect([menu.value, page()]).toEqual([false, "/talk"]);
  await back();
  expect(page()).toBe("/list");
});
it("what opens as another closes takes over its entry", async () => {
  const [menu, sheet] = [layer(), layer()];
  menu.value = true;
  await pass();
  menu.value = false;
  sheet.value = true;
  await pass();
  expect([browser.entries.length, browser.at]).toEqual([3, 2]);
  await back();
  expect([sheet.value, page()]).toEqual([false, "/talk"]);
  const drawer = layer();
  menu.value = true;
  await pass();
  menu.value = false;
  drawer.value = sheet.value = true;
  await pass();
  await back();
  expect([drawer.value, sheet.value]).toEqual([false, true]);
});
it.each([[false, 0], [false, 10], [true, 0], [true, 10]])("Back while it closes leaves the page once (steps merge: %s, after %i ms)", async (merges, pause) => {
  browser.merges = merges;
  await to("/talk/more");
  const sheet = layer();
  sheet.value = true;
  await pass();
  sheet.value = false;
  if (pause) await pass(pause);
  await back();
  expect([sheet.value, page()]).toEqual([false, "/talk"]);
});
it.each([false, true])("Back twice at once closes it and leaves the page (steps merge: %s)", async (merges) => {
  browser.merges = merges;
  const sheet = layer();
  sheet.value = true;
  await pass();
  browser.go(-1);
  await back();
  expect([sheet.value, page()]).toEqual([false, "/list"]);
});
it("what does not close at Back has an entry again", async () => {
  let asked = 0;
  effectScope().run(() => layers.useLayer(() => true, () => (asked += 1)));
  await back();
  await back();
  expect([asked, page()]).toEqual([2, "/talk"]);
  browser.go(-1);
  await back();
  expect([asked, page()]).toEqual([3, "/list"]);
});
it("Forward does not stop where something lay, and Back from there is none lost", async () => {
  const [drawer, sheet] = [layer(), layer()];
  drawer.value = sheet.value = true;
  await pass();
  await back();
  await back();
  await forward();
  expect([drawer.value, browser.at, page()]).toEqual([false, 1, "/talk"]);
  browser.go(2);
  await pass();
  expect([browser.at, page()]).toEqual([1, "/talk"]);
  await back();
  expect(page()).toBe("/list");
  await forward();
  browser.go(1);
  await pass();
  expect([browser.at, page()]).toEqual([1, "/talk"]);
});
it("a page waits until all of what is gone is taken back", async () => {
  const [drawer, sheet] = [layer(), layer()];
  drawer.value = sheet.value = true;
  await pass();
  drawer.value = false;
  await pass();
  sheet.value = false;
  await to("/proof/1");
  expect([page(), browser.urls]).toEqual(["/proof/1", ["/list", "/talk", "/proof/1"]]);
});
it("a page that is opened from what lies over another follows that page", async () => {
  const drawer = layer();
  for (const again of [1, 2]) {
    drawer.value = true;
    await pass();
    await to(`/proof/${again}`);
    expect([drawer.value, page(), browser.urls]).toEqual([false, `/proof/${again}`, ["/list", "/talk", `/proof/${again}`]]);
    await back();
    expect([page(), browser.at]).toEqual(["/talk", 1]);
    await forward();
    expect(page()).toBe(`/proof/${again}`);
    await back();
  }
  await back();
  expect(page()).toBe("/list");
});
it("closing as a page is opened leads not back from it", async () => {
  const menu = layer();
  menu.value = true;
  await pass();
  menu.value = false;
  await to("/proof/1");
  expect([page(), browser.urls]).toEqual(["/proof/1", ["/list", "/talk", "/proof/1"]]);
});
it("what stays open over the next page closes there at Back", async () => {
  const sheet = layer(true);
  sheet.value = true;
  await pass();
  await to("/proof/1");
  expect(sheet.value).toBe(true);
  await back();
  expect([sheet.value, page()]).toEqual([false, "/proof/1"]);
  await back();
  expect(page()).toBe("/talk");
});
it("a page that takes the place of another takes that of what lies over it too", async () => {
  const [sheet, filter] = [layer(), layer(true)];
  filter.value = true;
  await pass();
  void router.replace("/talk?q=1");
  await pass();
  expect(filter.value).toBe(true);
  await back();
  expect([filter.value, page()]).toEqual([false, "/talk?q=1"]);
  sheet.value = true;
  await pass();
  void router.replace("/done");
  await pass();
  expect([sheet.value, page(), browser.at]).toEqual([false, "/done", 1]);
  await back();
  expect(page()).toBe("/list");
});
it("nothing lies over a page that was loaded anew, and nothing is left of it", async () => {
  const [drawer, sheet] = [layer(), layer()];
  drawer.value = sheet.value = true;
  await pass();
  await load();
  expect([browser.at, page()]).toEqual([1, "/talk"]);
  await to("/proof/1");
  await back();
  expect([browser.at, page()]).toEqual([1, "/talk"]);
  const menu = layer();
  menu.value = true;
  await pass();
  await back();
  expect([menu.value, page()]).toEqual([false, "/talk"]);
  await back();
  expect(page()).toBe("/list");
});
it("loaded anew beneath what lay there, Forward leads nowhere", async () => {
  const sheet = layer();
  sheet.value = true;
  await pass();
  await back();
  await load();
  await forward();
  expect([browser.at, page()]).toEqual([1, "/talk"]);
});
it("a step that never arrives costs no Back, whether something is open or not", async () => {
  const [menu, sheet] = [layer(), layer()];
  for (const late of [0, 100, 2000]) {
    menu.value = true;
    await pass();
    browser.lose = 1;
    menu.value = false;
    await pass(late);
    sheet.value = true;
    await pass(2000);
    await back();
    expect([sheet.value, page()]).toEqual([false, "/talk"]);
  }
  menu.value = true;
  await pass();
  browser.lose = 1;
  menu.value = false;
  await pass(2000);
  await back();
  expect(page()).toBe("/list");
});
it("nor does it keep a page from being opened, which Forward and Back find", async () => {
  const [menu, sheet] = [layer(), layer(true)];
  menu.value = sheet.value = true;
  await pass();
  browser.lose = 2;
  menu.value = false;
  await to("/proof/1");
  await pass(3000);
  expect([sheet.value, page()]).toEqual([true, "/proof/1"]);
  await back();
  expect([sheet.value, page()]).toEqual([false, "/proof/1"]);
  await back();
  expect(page()).toBe("/talk");
  await forward();
  expect(page()).toBe("/proof/1");
});
it("nor from taking the place of another", async () => {
  const menu = layer();
  menu.value = true;
  await pass();
  browser.lose = 1;
  void router.replace("/done");
  await pass(3000);
  expect(page()).toBe("/done");
});
it("a page's own button goes back once, however often it is pressed, and from under what lies over it", async () => {
  await to("/talk?thread=1");
  const sheet = layer();
  sheet.value = true;
  await pass();
  void layers.goBack();
  await pass();
  expect([sheet.value, page()]).toEqual([false, "/talk"]);
  await forward();
  sheet.value = true;
  await pass();
  sheet.value = false;
  await pass(5);
  void layers.goBack();
  await nextTick();
  void layers.goBack();
  await pass();
  expect(page()).toBe("/talk");
  await forward();
  expect(page()).toBe("/talk?thread=1");
  browser.lose = 1;
  void layers.goBack();
  void layers.goBack();
  await pass(2000);
  expect(page()).toBe("/talk");
});
it("what the router keeps with an entry stays", async () => {
  const before = { ...(browser.here.state as object) };
  const sheet = layer();
  sheet.value = true;
  await pass();
  expect(browser.here.state).toMatchObject(before);
  await back();
  expect(browser.here.state).toEqual(before);
});
it("where no page lies below what is gone, its entry becomes the page's", async () => {
  browser = new Browser("/talk");
  browser.here.state = { back: null, current: "/talk", forward: null, position: 0, replaced: true, scroll: null, layers: [1] };
  await load();
  await pass(3000);
  expect(page()).toBe("/talk");
  const sheet = layer();
  sheet.value = true;
  await pass();
  await back();
  expect([sheet.value, page(), browser.at]).toEqual([false, "/talk", 0]);
});
