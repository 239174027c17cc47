import { nextTick, ref } from "vue";
import { expect, it, vi } from "vitest";
import type { Item } from "../src/api/types.ts";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("document", { documentElement: { lang: "" }, visibilityState: "hidden", hasFocus: () => false, addEventListener: () => undefined });
vi.stubGlobal("setInterval", () => 0);
const open = new Map<string, string>();
class Shown {
  static permission = "granted";
  readonly #tag: string;
  constructor(_: string, { body, tag }: { body: string; tag: string }) {
    open.set((this.#tag = tag), body);
  }
  close(): void {
    open.delete(this.#tag);
  }
}
vi.stubGlobal("Notification", Shown);
vi.stubGlobal("window", { Notification: Shown });
let feed: (items: readonly Item[]) => void = () => undefined;
const state = ref({ todo: { notices: 0, approvals: 0 }, conversations: { g: { read: 0, unread: 0, muted: false, group: { id: "g", name: "总装" } } } });
vi.doMock("../src/live/store.ts", () => ({
  device: ref({ notifications: { told: "text" }, groups: { g: { told: "text" } } }), me: ref(null), ready: ref(false), myId: () => "me", ownQuiet: ref(null), state, onItems: (one: typeof feed) => (feed = one),
}));
vi.doMock("../src/api/client.ts", () => ({ ApiError: Error, get: () => Promise.resolve({ until: null }), post: () => Promise.resolve() }));
vi.doMock("../src/shell/chime.ts", () => ({ chime: () => undefined }));
vi.doMock("../src/live/calls.ts", () => ({ calls: ref([]) }));
vi.doMock("../src/ui/look.ts", () => ({ sound: ref("system") }));
vi.doMock("../src/shell/worker.ts", () => ({ registration: () => null }));
const { startNotifying } = await import("../src/shell/notifying.ts");

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));
async function comes(...items: object[]): Promise<string | undefined> {
  feed(items.map((one) => ({ group: "g", at: 1, actor: null, ...one })) as unknown as Item[]);
  await settle();
  return open.get("g");
}
const sent = (position: number, text: string): object => ({ kind: "messaging.sent", position, message: { position, sender: { id: "you", name: "孙丽" }, text, mentions: [], silent: false, urgent: false } });

it("a notification says how many others wait, and goes on saying it when one of them is taken back", async () => {
  startNotifying(() => undefined);
  expect(await comes(sent(1, "一"))).toBe("孙丽: 一");
  expect(await comes(sent(2, "二"))).toBe("孙丽: 二（还有 1 条）");
  expect(await comes(sent(3, "三"))).toBe("孙丽: 三（还有 2 条）");
  expect(await comes({ kind: "messaging.recalled", position: 4, message: 3 })).toBe("孙丽: 二（还有 1 条）");
  expect(await comes({ kind: "messaging.edited", position: 5, message: 2, text: "改", mentions: [], called: [] })).toBe("孙丽: 改（还有 1 条）");
  expect(await comes({ kind: "messaging.recalled", position: 6, message: 2 }, { kind: "messaging.recalled", position: 7, message: 1 })).toBeUndefined();
  expect(await comes(...Array.from({ length: 10 }, (_, n) => sent(10 + n, String(n))))).toBe("孙丽: 9（还有 9+ 条）");
  state.value.conversations.g.read = 18;
  expect(await comes(sent(30, "末"))).toBe("孙丽: 末（还有 1 条）");
  await nextTick();
});
