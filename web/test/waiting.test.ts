import { beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";

/** What a device keeps, beyond the pages that come and go. */
const drawers = new Map<string, Map<string, unknown>>();
const drawer = (name: string): Map<string, unknown> => drawers.get(name) ?? drawers.set(name, new Map()).get(name)!;
let refuses = false;
/** What was ever kept, though it may have gone at once. */
const ever: string[] = [];
vi.mock("../src/live/cupboard.ts", () => ({
  hangs: () => false,
  within: async (_mode: string, work: (shelf: unknown) => unknown) => {
    if (refuses) return null;
    return work({
      get: async (name: string, key: string) => drawer(name).get(key),
      all: async (name: string) => [...drawer(name).values()],
      entries: async (name: string) => [...drawer(name)],
      put: (name: string, key: string, value: unknown) => {
        ever.push(key);
        drawer(name).set(key, value);
      },
      drop: (name: string, key: string) => void drawer(name).delete(key),
      empty: (name: string) => drawer(name).clear(),
    });
  },
}));
vi.mock("../src/live/store.ts", async () => {
  const { ref, shallowRef } = await import("vue");
  const person = { person: { id: "p1" } };
  const me = shallowRef<typeof person | null>(person);
  return {
    me, myId: () => me.value?.person.id ?? "", ready: ref(true), starts: ref(1),
    device: shallowRef({ groups: { g: { days: 7 }, secret: { days: 0 } } }),
    state: shallowRef({ conversations: { g: { group: { me: { state: "active" } } }, secret: { group: { me: { state: "active" } } } } }),
  };
});
vi.stubGlobal("BroadcastChannel", undefined);
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("document", { documentElement: { lang: "" } });

/** A server that has parts of an upload, and is away at times. */
const server = { parts: new Map<string, Set<number>>(), calls: [] as string[], away: false, given: 0, most: 99 };
const CHUNK = 4;
const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
  const method = init.method ?? "GET";
  const [, , , id = "", part] = path.split("/");
  if (server.away || (method === "PUT" && server.most-- <= 0)) throw new TypeError("away");
  server.calls.push(`${method} ${path.slice(4)}`);
  const describeUpload = (of: string, done = false): unknown => ({
    id: of, chunk: CHUNK, size: 10, received: 0, missing: done ? [] : [0, 1, 2].filter((n) => !server.parts.get(of)?.has(n)), reason: null,
    state: done ? "ready" : "receiving", file: done ? { id: of, name: "a.txt", size: 10, type: "text/plain", kind: "file", thumbnail: false } : null,
  });
  if (method === "POST" && id === "") {
    const made = `fil${++server.given}`;
    server.parts.set(made, new Set());
    return answer(describeUpload(made));
  }
  if (!server.parts.has(id)) return answer({ code: "messaging.upload_not_found" }, 404);
  if (method === "DELETE") return new Response(null, { status: 204 });
  if (method === "PUT") {
    server.parts.get(id)?.add(Number(part));
    return answer({ received: 0 });
  }
  return answer(describeUpload(id, part === "completion"));
});

const ten = (): File => new File(["0123456789"], "a.txt", { type: "text/plain" });
/** A page as it begins: only what the device keeps is left of the one before. */
async function page() {
  vi.resetModules();
  const [pending, sending, box, holding, store] = await Promise.all([
    import("../src/chat/files/pending.ts"), import("../src/live/sending.ts"), import("../src/live/outbox.ts"), import("../src/live/holding.ts"), import("../src/live/store.ts"),
  ]);
  const wrote: { cmid: string; files: string[] | undefined }[] = [];
  sending.sendInto((cmid, _group, body) => {
    wrote.push({ cmid, files: typeof body === "string" ? undefined : body.files });
    return true;
  });
  await box.openOutbox("p1", (group) => group !== "secret");
  const waiting = await import("../src/chat/files/waiting.ts");
  await waiting.restore();
  return { ...pending, ...sending, ...box, ...holding, ...waiting, store, wrote };
}
type Page = Awaited<ReturnType<typeof page>>;
/** The page is gone without a word, as at a reload. */
function gone(from: Page): void {
  server.away = true;
  for (const one of from.allPending()) one.stopped = true;
  (navigator as unknown as { locks: unknown }).locks = undefined;
}
const until = (holds: () => unknown): Promise<void> => vi.waitFor(() => expect(holds()).toBeTruthy(), { timeout: 5000, interval: 5 });
function sendWaitingFor(from: Page, text: string): string {
  const list = from.pendingOf("g");
  const cmid = from.sendMessage("g", text, [], null, [], { waits: list.map((one) => one.key) });
  from.moveFiles(list, cmid);
  return cmid;
}

beforeEach(() => {
  drawers.clear();
  Object.assign(server, { parts: new Map(), calls: [], away: false, given: 0, most: 99 });
  refuses = false;
});

describe("files that wait", () => {
  it("go on where the server has them, and their message goes once, under the cmid that it had", async () => {
    const before = await page();
    server.most = 1;
    before.addFiles("g", [ten()]);
    const cmid = sendWaitingFor(before, "看附件");
    await until(() => before.allPending()[0]?.state === "paused" && drawer("files").size === 1);
    expect(before.wrote).toEqual([]);
    gone(before);
    Object.assign(server, { away: false, most: 99, calls: [] });
    const after = await page();
    await until(() => after.wrote.length > 0);
    await until(() => drawer("blobs").size === 0 && drawer("files").size === 0);
    expect(server.calls).toEqual(["GET /uploads/fil1", "PUT /uploads/fil1/1", "PUT /uploads/fil1/2", "POST /uploads/fil1/completion"]);
    expect(after.wrote).toEqual([{ cmid, files: ["fil1"] }]);
    expect((await page()).allPending()).toEqual([]);
  });
  it("stand in their composer again; what was taken back does not, and leaves nothing", async () => {
    server.away = true;
    const before = await page();
    before.addFiles("g", [ten(), new File(["b"], "b.txt"), new File(["c"], "c.txt")]);
    await until(() => drawer("files").size === 3);
    before.removeFile(before.pendingOf("g")[1]!);
    await until(() => drawer("files").size === 2);
    gone(before);
    const after = await page();
    await until(() => after.pendingOf("g").length === 2);
    expect(after.pendingOf("g").map((one) => one.name)).toEqual(["a.txt", "c.txt"]);
    expect(drawer("blobs").size).toBe(2);
    for (const one of after.allPending()) after.removeFile(one);
    await until(() => drawer("blobs").size === 0);
  });
  it("begin anew, once, when the server has given the upload up", async () => {
    const before = await page();
    server.most = 1;
    before.addFiles("g", [ten()]);
    await until(() => before.allPending()[0]?.state === "paused");
    gone(before);
    Object.assign(server, { away: false, most: 99, calls: [], parts: new Map() });
    const after = await page();
    await until(() => after.allPending()[0]?.state === "ready");
    expect(server.calls.filter((one) => one.startsWith("POST /uploads"))).toEqual(["POST /uploads", "POST /uploads/fil2/completion"]);
  });
  it("take their message along when they are taken back, unless it says something", async () => {
    server.away = true;
    const here = await page();
    for (const text of ["", "有话"]) {
      here.addFiles("g", [ten()]);
      const cmid = sendWaitingFor(here, text);
      here.removeFile(here.pendingOf(cmid)[0]!);
    }
    await until(() => here.wrote.length === 1);
    expect(here.outbox.value.map((one) => one.text)).toEqual(["有话"]);
    expect(here.wrote[0]?.files).toBeUndefined();
  });
  it("are told to be lost when this device did not keep them", async () => {
    server.away = true;
    const before = await page();
    before.addFiles("g", [ten()]);
    sendWaitingFor(before, "x");
    await until(() => drawer("files").size === 1);
    gone(before);
    drawer("files").clear();
    const after = await page();
    await until(() => after.outbox.value[0]?.state === "failed");
    expect(after.outbox.value[0]?.error?.code).toBe("lost");
    expect(after.wrote).toEqual([]);
  });
});

describe("what a device keeps of them", () => {
  it("is nothing of secret groups, nothing over the bound, nothing where the browser refuses; and the person is told", async () => {
    server.away = true;
    const here = await page();
    here.addFiles("secret", [ten()]);
    await until(() => here.pendingOf("secret")[0]?.kept === "not");
    expect(ever).not.toContain(here.pendingOf("secret")[0]?.key);
    drawer("files").set("big", { key: "big", person: "p2", group: "g", size: here.MOST_BYTES - 9, at: Date.now() });
    here.addFiles("g", [ten()]);
    await until(() => here.pendingOf("g")[0]?.kept === "full");
    drawer("files").clear();
    refuses = true;
    here.addFiles("g", [ten()]);
    await until(() => here.pendingOf("g")[1]?.kept === "not");
    expect(drawer("blobs").size).toBe(0);
    refuses = false;
    here.addFiles("g", [ten()]);
    await until(() => here.pendingOf("g")[2]?.kept === "kept");
  });
  it("goes after a week, by whichever clock, and when the group may not be kept any more", async () => {
    const { heldFiles } = await page();
    const now = 100 * 86_400_000;
    const file = (key: string, days: number, group = "g", person = "p1") => ({ key, person, group, size: 1, at: now - days * 86_400_000 });
    for (const one of [file("new", 1), file("old", 8), file("ahead", -8), file("left", 1, "left"), file("theirs", 1, "x", "p2"), file("short", 3, "short")]) drawer("files").set(one.key, one);
    const days = (group: string): number => ({ g: 30, short: 2 })[group] ?? 0;
    expect((await heldFiles("p1", days, false, now)).map((one) => one.key)).toEqual(["new"]);
    expect([...drawer("files").keys()]).toEqual(["new", "left", "theirs", "short"]);
    expect((await heldFiles("p1", days, true, now)).map((one) => one.key)).toEqual(["new"]);
    expect([...drawer("files").keys()]).toEqual(["new", "theirs"]);
  });
  it("goes when the membership ends, and at sign-out; a session that ends by itself leaves it to its owner", async () => {
    server.away = true;
    const here = await page();
    here.addFiles("g", [ten()]);
    await until(() => here.allPending()[0]?.kept === "kept");
    const member = here.store.state.value;
    here.store.state.value = { ...member, conversations: {} };
    await nextTick();
    await until(() => drawer("blobs").size === 0);
    expect(here.allPending()[0]?.kept).toBe("not");
    here.store.state.value = member;
    here.addFiles("g", [ten()]);
    await until(() => drawer("blobs").size === 1);
    here.store.me.value = null;
    expect(here.allPending()).toEqual([]);
    await nextTick();
    expect(drawer("blobs").size).toBe(1);
    await here.forgetOutbox("p1");
    expect(drawer("blobs").size + drawer("files").size).toBe(0);
  });
});
