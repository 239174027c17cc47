import { afterEach, beforeEach, expect, it, vi } from "vitest";

vi.mock("../src/live/store.ts", async () => {
  const { ref } = await import("vue");
  const person = ref("me");
  return { ready: ref(true), person, myId: () => person.value };
});
const MINUTE = 60_000;
let kept: Map<string, string>;
beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  kept = new Map();
  vi.stubGlobal("sessionStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) });
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
  kept.set("gj.away.me", String(Date.now() - 10 * MINUTE));
  const first = await open();
  await first.turn("online");
  expect(first.lately.value?.since).toBe(Date.now() - 10 * MINUTE);
  vi.resetModules();
  kept = new Map([["gj.away.me", String(Date.now() - 48 * 60 * MINUTE)]]);
  const other = await open();
  await other.turn("online");
  expect(other.lately.value).toBeNull();
});
it("says it after a reload until it is put aside, and then no more", async () => {
  const first = await open();
  await first.turn("offline", 5 * MINUTE);
  await first.turn("online");
  vi.resetModules();
  const second = await open();
  expect(second.lately.value).toEqual(first.lately.value);
  second.putAway();
  vi.resetModules();
  expect((await open()).lately.value).toBeNull();
});
it("says nothing of it to whoever comes after them at the same browser", async () => {
  const { person } = await import("../src/live/store.ts") as unknown as { person: { value: string } };
  const { lately, reported, turn } = await open();
  await turn("offline", 5 * MINUTE);
  await turn("online");
  reported.value = true;
  person.value = "";
  expect([lately.value, reported.value]).toEqual([null, false]);
  person.value = "another";
  expect(lately.value).toBeNull();
  person.value = "me";
  expect(lately.value).not.toBeNull();
});
