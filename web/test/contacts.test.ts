import { beforeEach, expect, it, vi } from "vitest";
import type { Contact } from "../src/api/contacts.ts";
import { dialled, foundIn, mayShow } from "../src/lib/contacts.ts";

const contact = (id: string, more: Partial<Contact> = {}): Contact => ({ id, name: id, staff_no: "", unit: null, posts: [], spelled: [], phone: "", email: "", ...more });
const zhang = contact("张敏", { staff_no: "CY0102", spelled: ["zhangmin", "zm"], unit: { id: "u", name: "质量部" }, posts: ["检验员"], phone: "138 0000 1111" });
const chen = contact("陈立", { spelled: ["chenli", "cl"], phone: "13900002222" });
const names = (typed: string): string[] => foundIn([zhang, chen], typed).map((one) => one.name);

it.each([["", ["张敏", "陈立"]], ["张", ["张敏"]], ["zhang", ["张敏"]], ["ZM", ["张敏"]], ["chen li", ["陈立"]], ["0102", ["张敏"]], ["质量 检验", ["张敏"]], ["2222", ["陈立"]], ["min", []], ["王", []]])("finds %s", (typed, found) => {
  expect(names(typed)).toEqual(found);
});
it("dials what is written for people", () => expect(dialled("+86 (20) 8888-0000")).toBe("tel:+862088880000"));

const DAY = 24 * 60 * 60 * 1000;
const kept = { epoch: "e", at: 100 * DAY, days: 14, contacts: [zhang] };
it.each([["e", 0, true], ["e", 14 * DAY, true], ["e", 14 * DAY + 1, false], ["e", -15 * DAY, false], ["other", 0, false]])("under %s after %s ms it may be shown: %s", (epoch, later, may) => {
  expect(mayShow(kept, epoch, kept.at + later)).toBe(may);
});

let drawer: Map<string, unknown>;
let answer: () => Promise<unknown>;
vi.mock("../src/live/cupboard.ts", () => ({
  within: async (_mode: string, work: (shelf: unknown) => unknown) =>
    work({ get: async (_: string, key: string) => drawer.get(key), put: (_: string, key: string, value: unknown) => drawer.set(key, value), drop: (_: string, key: string) => drawer.delete(key) }),
}));
vi.mock("../src/api/client.ts", () => {
  class ApiError extends Error {
    readonly status: number;
    constructor(status: number) {
      super();
      this.status = status;
    }
  }
  return { ApiError, at: encodeURIComponent, get: () => answer() };
});
vi.mock("../src/live/store.ts", async () => {
  const { ref } = await import("vue");
  const person = ref("me");
  return { device: ref({ epoch: "e", groups: {} }), link: ref("online"), moved: ref({ policy: 0, barriers: 0 }), person, myId: () => person.value, ready: ref(true), resyncs: ref(0) };
});
beforeEach(() => {
  vi.resetModules();
  drawer = new Map([["mark", { epoch: "e" }]]);
  answer = async () => ({ contacts: [zhang], days: 14, clause: null, position: 1 });
});
const open = () => import("../src/live/contacts.ts");

it("keeps them under the session of now and shows them again", async () => {
  const here = await open();
  await here.loadContacts();
  expect(here.contacts.value?.get("张敏")?.phone).toBe(zhang.phone);
  expect((await here.readKeptContacts())?.contacts).toEqual([zhang]);
});
it("keeps nothing where the rules let no device, and drops what was kept", async () => {
  const here = await open();
  await here.loadContacts();
  answer = async () => ({ contacts: [zhang], days: 0, clause: null, position: 2 });
  await here.loadContacts();
  expect(drawer.has("contacts")).toBe(false);
});
it("keeps nothing once its person had this device cleared", async () => {
  drawer.set("mark", { epoch: "e", ended: true });
  await (await open()).loadContacts();
  expect(drawer.has("contacts")).toBe(false);
});
it("drops what another session kept", async () => {
  const here = await open();
  drawer.set("contacts", { epoch: "before", at: Date.now(), days: 14, contacts: [zhang] });
  expect(await here.readKeptContacts()).toBeNull();
  expect(drawer.has("contacts")).toBe(false);
});
it("drops them when they are no longer mine to see, and keeps them when the line is down", async () => {
  const here = await open();
  const { ApiError } = await import("../src/api/client.ts");
  await here.loadContacts();
  answer = () => Promise.reject(new (ApiError as unknown as new (status: number) => Error)(0));
  await here.loadContacts();
  expect(drawer.has("contacts")).toBe(true);
  answer = () => Promise.reject(new (ApiError as unknown as new (status: number) => Error)(403));
  await here.loadContacts();
  expect(drawer.has("contacts")).toBe(false);
});
it("reads them again when a barrier was set", async () => {
  vi.useFakeTimers();
  const here = await open();
  const { moved } = await import("../src/live/store.ts");
  await here.keepContacts();
  answer = async () => ({ contacts: [chen], days: 14, clause: null, position: 3 });
  moved.value = { ...moved.value, barriers: 5 };
  await vi.advanceTimersByTimeAsync(6000);
  expect([...(here.contacts.value?.keys() ?? [])]).toEqual(["陈立"]);
  vi.useRealTimers();
});

const reach = { contact: { phone: "1", email: "" }, clause: null, position: 1 };
function counting(): { times: () => number } {
  let times = 0;
  answer = async () => {
    times++;
    return reach;
  };
  return { times: () => times };
}
it("asks about a person once, however many show them at once or after", async () => {
  const { times } = counting();
  const here = await open();
  await Promise.all([here.contactOf("a"), here.contactOf("a"), here.contactOf("b")]);
  expect(await here.contactOf("a")).toEqual(reach);
  expect(times()).toBe(2);
});
it("asks again after a refusal, when something has moved, and for whoever signs in next", async () => {
  const here = await open();
  const { person, resyncs } = await import("../src/live/store.ts") as unknown as Record<"person" | "resyncs", { value: unknown }>;
  const { nextTick } = await import("vue");
  answer = () => Promise.reject(new Error("no line"));
  await expect(here.contactOf("a")).rejects.toThrow();
  const { times } = counting();
  await here.contactOf("a");
  resyncs.value = 1;
  await nextTick();
  expect(here.contactsMoved.value).toBe(1);
  await here.contactOf("a");
  person.value = "another";
  await nextTick();
  await here.contactOf("a");
  expect(times()).toBe(3);
});
