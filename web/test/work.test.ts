import { nextTick, ref } from "vue";
import { beforeEach, expect, it, vi } from "vitest";
import { onWork, tellWork } from "../src/live/work.ts";
import type { Work } from "../src/live/work.ts";

vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const page = { documentElement: { lang: "" }, visibilityState: "hidden", look: (): void => undefined, addEventListener: (_: string, run: () => void): void => void (page.look = run) };
vi.stubGlobal("document", page);
const posted = vi.fn();
const closed: string[] = [];
const shown = ["work:notices", "work:approvals", "call:g"].map((tag) => ({ tag, close: () => closed.push(tag) }));
const by = { active: { postMessage: posted }, getNotifications: () => Promise.resolve(shown) };
const state = ref({ todo: { notices: 2, approvals: 1 } });
const device = ref<{ epoch: string } | null>({ epoch: "1" });
const me = ref({ todo: { answers: 0, late: 0, questions: 0, late_notices: 0 } });
const ready = ref(false);
const calls = ref([{}]);
vi.doMock("../src/live/store.ts", () => ({ device, me, ready, state }));
vi.doMock("../src/live/calls.ts", () => ({ calls }));
vi.doMock("../src/ui/look.ts", () => ({ sound: ref("system") }));
vi.doMock("../src/shell/chime.ts", () => ({ chime: () => undefined }));
vi.doMock("../src/shell/worker.ts", () => ({ registration: () => by }));
const { followWork } = await import("../src/shell/work.ts");
let seen = false;
followWork(() => seen);

const FRAME: Work = { work: "notice", path: "/notices/n", tag: "work:notices", group: "", position: 3, told: "sender", name: "", sender: "孙丽", people: 1, text: "", more: 0 };
const settle = (): Promise<void> => new Promise((done) => setTimeout(done));
beforeEach(() => {
  seen = false;
  posted.mockClear();
  closed.length = 0;
});

it("a page that nobody looks at hands it to the worker, in its language; one that is looked at does not", () => {
  tellWork(FRAME);
  expect(posted.mock.lastCall).toEqual([{ tell: { ...FRAME, lang: "zh-CN" }, silent: false }]);
  seen = true;
  tellWork(FRAME);
  expect(posted).toHaveBeenCalledTimes(1);
});
it("it goes away once nothing of the kind waits", async () => {
  state.value = { todo: { notices: 1, approvals: 1 } };
  await settle();
  expect(closed).toEqual([]);
  state.value = { todo: { notices: 0, approvals: 1 } };
  await nextTick();
  await settle();
  expect(closed).toEqual(["work:notices"]);
  calls.value = [];
  await settle();
  expect(closed).toEqual(["work:notices", "call:g"]);
});
it("what was done elsewhere goes away when the page is looked at, once it knows what waits", async () => {
  page.look();
  ready.value = true;
  await settle();
  expect(closed).toEqual([]);
  page.visibilityState = "visible";
  page.look();
  await settle();
  expect(closed).toEqual(["work:notices", "call:g"]);
});
it("whoever comes next at this browser is told nothing of it", async () => {
  device.value = null;
  await settle();
  expect(closed).toEqual(["work:notices", "work:approvals", "call:g"]);
});
it("before the page follows it, nothing is told", () => {
  onWork(() => undefined);
  tellWork(FRAME);
  expect(posted).not.toHaveBeenCalled();
});
