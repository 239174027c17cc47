import { beforeEach, expect, it, vi } from "vitest";

interface Asked { onsuccess?: () => void; onerror?: () => void; onupgradeneeded?: () => void; result: unknown; error: null }
/** A database that answers when the test says so. */
let opening: Asked;
let ends: { oncomplete?: () => void }[];
let stored: Map<string, unknown>;
/** Whether what is asked in a transaction is answered, and the transaction ends. */
let answers: boolean;
const answered = (result: unknown): Asked => {
  const asked: Asked = { result, error: null };
  if (answers) queueMicrotask(() => asked.onsuccess?.());
  return asked;
};
const database = {
  close: () => undefined,
  transaction: () => {
    const made: { oncomplete?: () => void; objectStore: () => unknown } = {
      objectStore: () => ({
        get: (key: string) => answered(stored.get(key)),
        getAll: () => answered([...stored.values()]),
        put: (value: unknown, key: string) => answered(stored.set(key, value)),
        delete: (key: string) => answered(stored.delete(key)),
        clear: () => answered(null),
      }),
    };
    ends.push(made);
    if (answers) setTimeout(() => made.oncomplete?.(), 1);
    return made;
  },
};
const settle = (ms = 5): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const open = (): void => {
  opening.result = database;
  opening.onsuccess?.();
};
const written = { cmid: "a", group: "g", text: "早", mentions: [], quote: null, at: 1, state: "waiting" as const };

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  vi.stubGlobal("BroadcastChannel", undefined);
  [ends, stored, answers] = [[], new Map(), true];
  vi.stubGlobal("indexedDB", { open: () => (opening = { result: null, error: null }) });
});

it("lets nobody wait for a database that does not open, and goes on with it once it does", async () => {
  const { hangs, within } = await import("../src/live/cupboard.ts");
  let found: unknown;
  void within("readonly", () => "read").then((one) => (found = one));
  await settle(1900);
  expect(found).toBeUndefined();
  await settle(200);
  expect([found, hangs()]).toEqual([null, true]);
  // The next ones do not wait at all.
  expect(await within("readonly", () => "read")).toBeNull();
  const put = within("readwrite", (shelf) => shelf.put("mark", "k", 1));
  await settle();
  expect(await put).toBeNull();
  open();
  await settle();
  expect([hangs(), stored.get("k")]).toEqual([false, 1]);
  const read = within("readonly", (shelf) => shelf.get("mark", "k"));
  await settle();
  expect(await read).toBe(1);
});

it("lets nobody wait for a transaction that does not end", async () => {
  const { hangs, within } = await import("../src/live/cupboard.ts");
  answers = false;
  const read = within("readonly", (shelf) => shelf.get("mark", "k"));
  open();
  await settle(2100);
  expect([await read, hangs()]).toEqual([null, true]);
});

it("sends although nothing can be kept, and shows what waited before once it can be read", async () => {
  const { openOutbox, outbox } = await import("../src/live/outbox.ts");
  const { sendInto, sendMessage } = await import("../src/live/sending.ts");
  const sent: string[] = [];
  sendInto((_cmid, _group, body) => sent.push(body.text) > 0);
  let opened = false;
  void openOutbox("p1", () => true).then(() => (opened = true));
  await settle(2100);
  expect(opened).toBe(true);
  sendMessage("g", "早", [], null);
  expect(sent).toEqual(["早"]);
  stored.set("a", { ...written, cmid: "before", person: "p1" });
  open();
  await settle(6000);
  expect(outbox.value.map((one) => one.cmid)).toContain("before");
});

it("keeps no more states while the database hangs, and all of the last one after", async () => {
  const { keepNow, keepSoon } = await import("../src/live/keeping.ts");
  const { EMPTY } = await import("../src/live/reducer.ts");
  let position = 1;
  keepSoon(() => ({ state: { ...EMPTY, position }, me: {} as never, device: { epoch: "e", groups: {} } as never }));
  await settle(3100);
  for (position = 2; position < 50; position++) void keepNow();
  answers = true;
  open();
  await settle();
  // The one of the first try, and soon the last.
  expect((stored.get("mark") as { position: number }).position).toBe(1);
  await settle(1100);
  expect([ends.length, (stored.get("mark") as { position: number }).position]).toEqual([2, 50]);
});
