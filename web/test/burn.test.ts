import { describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import type { Burn, BurnOpenedItem, Item, Message } from "../src/api/types.ts";

const stored: unknown[] = [];
vi.mock("../src/live/cupboard.ts", () => ({
  hangs: () => false,
  within: async (_mode: string, work: (shelf: unknown) => unknown) =>
    work({ put: (_drawer: string, key: string, value: unknown) => void stored.push([key, value]), drop: () => undefined, empty: () => undefined, all: () => Promise.resolve([]) }),
}));
vi.stubGlobal("BroadcastChannel", undefined);
const { applyToTimeline } = await import("../src/live/reducer.ts");
const { burning } = await import("../src/chat/burn/mode.ts");
const { bodyOf, drop, openOutbox, outbox, put, update } = await import("../src/live/outbox.ts");

const owner = { id: "p2", name: "欧阳明远" };
const burn: Burn = { seconds: 30, until: 900, audience: [owner], opened: [] };
const message: Message = { position: 5, number: 1, sender: { id: "p1", name: "顾南枝" }, at: 1, text: "", mentions: [], state: "delivered", spans: [], burn };
const sent: Item = { position: 5, at: 1, kind: "messaging.sent", group: "g1", actor: message.sender, message };
const opened = (position: number): BurnOpenedItem => ({ position, at: 2, kind: "messaging.burn_opened", group: "g1", actor: owner, message: 5, opened: [{ person: owner, at: 2 }] });

describe("a message that burns", () => {
  it("tells who has opened it, and nothing once it was recalled", () => {
    const read = applyToTimeline([sent], opened(6));
    expect(read).toMatchObject([{ message: { burn: { opened: [{ person: owner, at: 2 }] } } }]);
    const gone = applyToTimeline(read, { position: 7, at: 3, kind: "messaging.recalled", group: "g1", actor: owner, message: 5, by: owner, reason: null, thread: null, sender: owner, moved: false });
    expect(gone).toMatchObject([{ message: { burn: null, text: "" } }]);
    expect(applyToTimeline(gone, opened(8))).toMatchObject([{ message: { burn: null } }]);
  });
  it("is one message: what is sent ends it, in the composer that sent it alone", async () => {
    await openOutbox("p1", () => true);
    const one = { mentions: [], quote: null, at: 1, state: "waiting" as const, text: "换班" };
    burning.value = { box: "g1/7", seconds: 30 };
    put({ ...one, cmid: "c", group: "g1", burn: 30 });
    put({ ...one, cmid: "d", group: "g1", thread: 7 });
    await nextTick();
    expect(burning.value).not.toBeNull();
    put({ ...one, cmid: "e", group: "g1", thread: 7, burn: 30 });
    await nextTick();
    expect(burning.value).toBeNull();
    burning.value = { box: "g1/7", seconds: 30 };
    update("e", { tried: true });
    await nextTick();
    expect(burning.value, "written again, and not sent again").not.toBeNull();
    for (const cmid of ["c", "d", "e"]) drop(cmid);
  });
  it("waits to be sent in the memory of this page alone", async () => {
    await openOutbox("p1", () => true);
    const one = { group: "g1", mentions: [], quote: null, at: 1, state: "waiting" as const };
    put({ ...one, cmid: "a", text: "照常" });
    put({ ...one, cmid: "b", text: "蓝色飞马", burn: 30 });
    update("b", { tried: true });
    expect(outbox.value.map((each) => each.text)).toEqual(["照常", "蓝色飞马"]);
    expect(bodyOf(outbox.value[1]!)).toEqual({ text: "蓝色飞马", burn: 30 });
    expect(JSON.stringify(stored)).toContain("照常");
    expect(JSON.stringify(stored)).not.toContain("蓝色");
  });
});
