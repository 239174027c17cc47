import { createRenderer, defineAsyncComponent, defineComponent, h, nextTick, ref } from "vue";
import type { Ref } from "vue";
import { afterEach, expect, it, vi } from "vitest";

vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("document", { activeElement: null, body: null, querySelector: () => ({ getAttribute: () => "/assets/start-1.js" }) });
vi.spyOn(console, "error").mockImplementation(() => undefined);
const { lost, onFailure } = await import("../src/ui/lost.ts");
const { useOpener } = await import("../src/ui/useOpener.ts");
const fresh = await import("../src/shell/fresh.ts");

interface Node { kind: string; parent: Node | null }
const node = (kind: string): Node => ({ kind, parent: null });
/** No document: what counts is what is asked for and who is told, not what is drawn. */
const { createApp } = createRenderer<Node, Node>({
  patchProp: () => undefined, insert: (one, parent) => void (one.parent = parent), remove: () => undefined, createElement: node, createText: node, createComment: node,
  setText: () => undefined, setElementText: () => undefined, parentNode: (one) => one.parent, nextSibling: () => null,
});
const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await nextTick();
};
function mount(setup: () => () => unknown): void {
  const app = createApp(defineComponent({ setup }));
  app.config.errorHandler = onFailure;
  app.config.warnHandler = () => undefined;
  app.mount(node("app"));
}
function part(): { load: ReturnType<typeof vi.fn>; Part: ReturnType<typeof defineAsyncComponent> } {
  const load = vi.fn().mockRejectedValueOnce(new TypeError("Failed to fetch dynamically imported module")).mockResolvedValue(defineComponent(() => () => h("p")));
  return { load, Part: defineAsyncComponent(load as () => Promise<ReturnType<typeof defineComponent>>) };
}
async function openTwice(open: Ref<boolean>, load: ReturnType<typeof vi.fn>): Promise<void> {
  open.value = true;
  await settle();
  expect([open.value, lost.value, load.mock.calls.length]).toEqual([false, true, 1]);
  lost.value = false;
  open.value = true;
  await settle();
  expect([open.value, lost.value, load.mock.calls.length]).toEqual([true, false, 2]);
}
afterEach(() => {
  lost.value = fresh.replaced.value = false;
  fresh.waiting.value = null;
});

it.each(["onUpdate:modelValue", "onUpdate:open", "onClose"])("what opened a part that did not come hears by %s that it has closed, and the next opening asks again", async (by) => {
  const [open, { load, Part }] = [ref(false), part()];
  mount(() => () => (open.value ? h(Part, { [by]: () => (open.value = false) }) : null));
  await openTwice(open, load);
});
it("so does a menu, which stays once it was opened", async () => {
  const [open, { load, Part }] = [ref(false), part()];
  mount(() => {
    const { used } = useOpener(open);
    return () => (used.value ? h(Part, { modelValue: open.value, "onUpdate:modelValue": (now: boolean) => (open.value = now) }) : null);
  });
  await openTwice(open, load);
});
it("nothing else that fails is said to be a part that did not come", () => {
  onFailure(new Error("another"), null);
  expect(lost.value).toBe(false);
});

it.each([["of this version", '<script type="module" src="/assets/start-1.js">', false], ["of a newer one", '<script type="module" src="/assets/start-2.js">', true]])("a page %s is known by its script", async (_, page, expected) => {
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(page)));
  await fresh.lookForNewer();
  expect(fresh.replaced.value).toBe(expected);
});
it("a worker looks for its own newer version, and a line that is down finds none", async () => {
  const update = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { serviceWorker: { getRegistration: () => Promise.resolve({ update }) } });
  await fresh.lookForNewer();
  expect(update).toHaveBeenCalledOnce();
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await fresh.lookForNewer();
  expect(fresh.replaced.value).toBe(false);
});
it("what waits takes over before the page is loaded again; where nothing waits, it is loaded at once", () => {
  const [reload, postMessage] = [vi.fn(), vi.fn()];
  let changed = (): void => undefined;
  vi.stubGlobal("location", { reload });
  vi.stubGlobal("navigator", { serviceWorker: { addEventListener: (_: string, then: () => void) => (changed = then) } });
  fresh.takeOver();
  expect(reload).toHaveBeenCalledOnce();
  fresh.waiting.value = { postMessage } as unknown as ServiceWorker;
  fresh.takeOver();
  expect([postMessage.mock.calls, reload.mock.calls.length]).toEqual([[["take over"]], 1]);
  changed();
  expect(reload).toHaveBeenCalledTimes(2);
});
