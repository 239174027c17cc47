import { beforeEach, expect, it, vi } from "vitest";
import type { Item } from "../src/api/types.ts";

let asked: string[];
let answer: (path: string) => Promise<unknown>;
vi.mock("../src/api/client.ts", () => {
  class ApiError extends Error {
    readonly status: number;
    constructor(status: number) {
      super();
      this.status = status;
    }
  }
  return { ApiError, at: encodeURIComponent, get: (path: string) => (asked.push(path), answer(path)) };
});
vi.mock("../src/i18n/index.ts", () => ({ both: (words: unknown) => String(words) }));
vi.mock("../src/i18n/links.ts", () => ({ l: (key: string) => key }));
vi.mock("../src/live/store.ts", async () => {
  const { ref } = await import("vue");
  const listeners: ((items: readonly Item[]) => void)[] = [];
  const person = ref("me");
  return { listeners, person, moved: ref({ policy: 0 }), myId: () => person.value, resyncs: ref(0), state: ref({ conversations: { g: { group: { name: "群" } } } }), onItems: (run: (items: readonly Item[]) => void) => listeners.push(run) };
});
beforeEach(() => {
  vi.resetModules();
  asked = [];
  answer = async () => ({ title: "申请", applicant: { name: "周" }, state: "waiting", mine: false });
});
async function open() {
  const store = await import("../src/live/store.ts") as unknown as { listeners: ((items: readonly unknown[]) => void)[]; person: { value: string } };
  store.listeners.length = 0;
  const here = await import("../src/chat/links/told.ts");
  const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve));
  return { ...here, store, settled, news: (...items: unknown[]) => store.listeners.forEach((run) => run(items)) };
}
const request = { kind: "request", id: "r" } as const;
const decided = (id: string): unknown => ({ kind: "approvals.changed", request: { id } });

it("asks once about a target, however many cards show it at once or after", async () => {
  const { showTold, settled } = await open();
  const [one, other] = [showTold(request), showTold({ ...request })];
  await settled();
  one.leave();
  other.leave();
  expect(showTold(request).told.value).toMatchObject({ title: "申请", state: "waiting" });
  showTold({ kind: "request", id: "another" });
  expect(asked).toEqual(["/approvals/r", "/approvals/another"]);
});
it("asks again when news moves it, once for all cards, and not of what nobody sees", async () => {
  const { news, showTold, settled } = await open();
  const [one] = [showTold(request), showTold(request)];
  showTold({ kind: "request", id: "gone" }).leave();
  await settled();
  answer = async () => ({ title: "申请", applicant: { name: "周" }, state: "approved", mine: false });
  news(decided("unlike"));
  expect(asked).toHaveLength(2);
  news(decided("r"), decided("gone"));
  await settled();
  expect(asked).toEqual(["/approvals/r", "/approvals/gone", "/approvals/r"]);
  expect(one.told.value?.state).toBe("approved");
});
it("asks again what moved while it was asked", async () => {
  const { news, showTold, settled } = await open();
  const { told } = showTold(request);
  news(decided("r"));
  await settled();
  expect(asked).toHaveLength(2);
  expect(told.value).not.toBeUndefined();
});
it("says of a message what it says after it was edited or taken back", async () => {
  answer = async () => ({ message: { sender: { name: "王" }, text: "一", recalled: null } });
  const { news, showTold, settled } = await open();
  const { told } = showTold({ kind: "message", group: "g", position: 4 });
  await settled();
  expect(told.value).toEqual({ title: "王 · 群", more: "一" });
  answer = async () => ({ message: { sender: { name: "王" }, text: "", recalled: {} } });
  news({ kind: "messaging.recalled", group: "g", message: 5 }, { kind: "messaging.recalled", group: "g", message: 4 });
  await settled();
  expect([told.value, asked.length]).toEqual([null, 2]);
});
it("remembers what is not theirs to see, but not that the server was away, nor what another was told", async () => {
  const { showTold, settled, store } = await open();
  const { ApiError } = await import("../src/api/client.ts") as unknown as { ApiError: new (status: number) => Error };
  for (const [status, times] of [[0, 1], [404, 2], [404, 2]] as const) {
    answer = () => Promise.reject(new ApiError(status));
    const { told } = showTold(request);
    await settled();
    expect([told.value, asked.length]).toEqual([null, times]);
  }
  store.person.value = "another";
  showTold(request);
  expect(asked).toHaveLength(3);
});
