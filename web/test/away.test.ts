import { afterEach, beforeEach, expect, it, vi } from "vitest";

vi.mock("../src/live/store.ts", async () => {
  const { ref } = await import("vue");
  return { ready: ref(true) };
});
const MINUTE = 60_000;
let kept: Map<string, string>;
beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  kept = new Map();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) });
});
afterEach(() => vi.useRealTimers());
async function open() {
  const { link } = await import("../src/lib/line.ts");
  const here = await import("../src/live/away.ts");
  const turn = async (state: typeof link.value, after = 0): Promise<void> => {
    link.value = state;
    await vi.advanceTimersByTimeAsync(after);
  };
  return { ...here, turn };
}

it("says nothing of a blink, and of what lasts a second that it is down", async () => {
  const { away, turn } = await open();
  await turn("offline", 900);
  expect(away.value).toBe(false);
  await turn("offline", 200);
  expect(away.value).toBe(true);
  await turn("online");
  expect(away.value).toBe(false);
});
it("knows from when to when it was down for a while", async () => {
  const { lately, turn } = await open();
  const since = Date.now();
  await turn("offline", 30_000);
  await turn("online");
  expect(lately.value).toBeNull();
  const again = Date.now();
  await turn("offline", 5 * MINUTE);
  await turn("connecting", 1000);
  await turn("online");
  expect(lately.value).toEqual({ since: again, until: Date.now() });
  expect(again).toBeGreaterThan(since);
});
it("remembers it over a reload, but not from another day", async () => {
  kept.set("gj.away", String(Date.now() - 10 * MINUTE));
  const first = await open();
  await first.turn("online");
  expect(first.lately.value?.since).toBe(Date.now() - 10 * MINUTE);
  vi.resetModules();
  kept.set("gj.away", String(Date.now() - 48 * 60 * MINUTE));
  const other = await open();
  await other.turn("online");
  expect(other.lately.value).toBeNull();
});
