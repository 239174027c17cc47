import { beforeEach, expect, it, vi } from "vitest";
import type { Waiting } from "../src/live/outbox.ts";

/** What a device keeps; with `full` a transaction that writes is broken off, as where there is no room. */
let drawers: Record<string, Map<string, unknown>> = {};
let full = false;
vi.mock("../src/live/cupboard.ts", () => ({
  hangs: () => false,
  within: async (_mode: string, work: (shelf: unknown) => unknown) => {
    const made = Object.fromEntries(Object.entries(drawers).map(([name, one]) => [name, new Map(one)]));
    const drawer = (name: string): Map<string, unknown> => (made[name] ??= new Map());
    let writes = false;
    const result = await work({
      get: async (name: string, key: string) => drawer(name).get(key),
      all: async (name: string) => [...drawer(name).values()],
      entries: async (name: string) => [...drawer(name)],
      put: (name: string, key: string, value: unknown) => {
        writes = true;
        drawer(name).set(key, value);
      },
      drop: (name: string, key: string) => void drawer(name).delete(key),
      empty: (name: string) => void drawer(name).clear(),
    });
    if (writes && full) return null;
    drawers = made;
    return result;
  },
}));
/** Another page of the same person. */
let told: (() => void) | null = null;
class Channel {
  set onmessage(run: () => void) {
    told = run;
  }
  postMessage(): void {}
}
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
const written = (cmid: string, at = 1, more: Partial<Waiting> = {}): Waiting => ({ cmid, group: "g", text: cmid, mentions: [], quote: null, at, state: "waiting", ...more });
const shelf = (): string[] => [...(drawers["outbox"]?.keys() ?? [])];

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("BroadcastChannel", Channel);
  [drawers, full, told] = [{}, false, null];
});
async function box(may: (group: string) => boolean = () => true) {
  const made = await import("../src/live/outbox.ts");
  await made.openOutbox("p1", may);
  const other = async (): Promise<string[]> => {
    told?.();
    await settle();
    return made.outbox.value.map((one) => one.cmid);
  };
  return { ...made, other };
}

it("keeps a message that could not be written down, whatever other pages tell", async () => {
  const here = await box();
  full = true;
  here.put(written("a"));
  await settle();
  full = false;
  expect([await here.other(), shelf()]).toEqual([["a"], []]);
  here.update("a", { tried: true });
  await settle();
  expect([await here.other(), shelf()]).toEqual([["a"], ["a"]]);
});

it("keeps a message of a group that may be kept only since", async () => {
  let may = false;
  const here = await box(() => may);
  here.put(written("a"));
  may = true;
  expect(await here.other()).toEqual(["a"]);
});

it("takes off the device what may be kept no more, and keeps it on the page", async () => {
  let may = true;
  const here = await box(() => may);
  here.put(written("a"));
  await settle();
  may = false;
  here.update("a", { tried: true });
  await settle();
  expect([await here.other(), shelf()]).toEqual([["a"], []]);
});

it("lets go of what another page has sent", async () => {
  const here = await box();
  here.put(written("a"));
  await settle();
  drawers["outbox"]?.delete("a");
  expect(await here.other()).toEqual([]);
});

it("gives up one person's messages and files, and nobody else's", async () => {
  const here = await box();
  here.put(written("a"));
  await settle();
  drawers["outbox"]?.set("b", { ...written("b"), person: "p2" });
  drawers["files"] = new Map([["f1", { key: "f1", person: "p1" }], ["f2", { key: "f2", person: "p2" }]]);
  drawers["blobs"] = new Map([["f1", 1], ["f2", 2]]);
  await here.forgetOutbox("p1");
  expect([shelf(), [...(drawers["files"] ?? []).keys()], [...(drawers["blobs"] ?? []).keys()]]).toEqual([["b"], ["f2"], ["f2"]]);
});

it("writes all of the state again after a writing that was broken off", async () => {
  const { keepNow, keepSoon } = await import("../src/live/keeping.ts");
  const device = { epoch: "e", groups: { g: { days: 7, told: "text" as const }, h: { days: 7, told: "text" as const } }, notifications: { told: "text" as const }, push_key: null };
  const row = (id: string, read: number) => ({ group: { id, me: { state: "active" } }, read, last: null });
  const [g, h] = [row("g", 1), row("h", 1)];
  const at = async (position: number, rows: Record<string, unknown>): Promise<void> => {
    keepSoon(() => ({ state: { position, conversations: rows, timelines: {}, todo: {}, unsure: [] }, me: {}, device }) as never);
    await keepNow();
  };
  await at(10, { g, h });
  const moved = row("g", 2);
  full = true;
  await at(20, { g: moved, h });
  full = false;
  await at(30, { g: moved, h });
  expect([(drawers["mark"]?.get("mark") as { position: number }).position, drawers["rows"]?.get("g")]).toEqual([30, moved]);
});

it("counts what goes with the page: what may not be kept, and what there was no room for", async () => {
  const here = await box((group) => group === "g");
  here.put(written("a"));
  here.put(written("b", 2, { group: "secret" }));
  here.put(written("c", 3, { burn: 30 }));
  here.put(written("d", 4, { position: 9 }));
  const lost = here.unkept();
  await settle();
  expect(lost()).toBe(2);
  full = true;
  here.put(written("e", 5));
  const more = here.unkept();
  await settle();
  expect(more()).toBe(3);
});
