import { expect, it, vi } from "vitest";
import "vue"; // before the stubs: it looks for a real document when it is loaded
import type { Conversation, Item, SystemItem } from "../src/api/types.ts";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("document", { documentElement: { lang: "" }, createElement: () => ({ content: {} }) });
vi.stubGlobal("BroadcastChannel", undefined);
vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
vi.stubGlobal("addEventListener", () => undefined);
const { lastLine, systemLine } = await import("../src/chat/lines.ts");

const line = (message: object): string =>
  lastLine({ group: { tool: null }, last: { kind: "messaging.sent", position: 1, at: 1, group: "g", message: { sender: { id: "a", name: "王海涛" }, text: "", mentions: [], spans: [], ...message } } as unknown as Item } as Conversation, "me");

it("shows the last message in the list without its marks", () => {
  expect(line({ text: "# 周报\n- **一号线** `停机`" })).toBe("王海涛：周报 一号线 停机");
});
it("says of a group on another tool where its messages are", () => {
  expect(lastLine({ group: { tool: "QQ" }, last: null } as Conversation, "me")).toBe("消息在 QQ 里");
  expect(lastLine({ group: { tool: null }, last: null } as Conversation, "me")).toBe("还没有消息");
});
it("says who took down a message that somebody else wrote, and whose it was", () => {
  expect(line({ recalled: { by: { id: "b", name: "吴审计" } } })).toBe("吴审计 撤下了 王海涛 的一条消息");
  expect(line({ recalled: { by: { id: "me", name: "孙立" } } })).toBe("你撤下了 王海涛 的一条消息");
  expect(line({ sender: { id: "me", name: "孙立" }, recalled: { by: { id: "b", name: "吴审计" } } })).toBe("吴审计 撤下了你的一条消息");
});
it("says of what I took back that it was me, and of others who it was", () => {
  expect(line({ sender: { id: "me", name: "孙立" }, recalled: { by: { id: "me", name: "孙立" } } })).toBe("你撤回了一条消息");
  expect(line({ recalled: { by: { id: "a", name: "王海涛" } } })).toBe("王海涛 撤回了一条消息");
});
it("tells the one who asked to leave what became of it, and reads no refusal as an admission", () => {
  const leaving = { kind: "groups.member_changed", actor: { id: "o", name: "赵铁军" }, person: { id: "me", name: "孙立" }, state: "active" };
  expect(systemLine({ ...leaving, stays: true, reason: "人手不足" } as unknown as SystemItem, "")).toBe("赵铁军 没有同意你退群，理由：人手不足");
  expect(systemLine({ ...leaving, stays: true, state: "must_sign", reason: null } as unknown as SystemItem, "")).toBe("赵铁军 没有同意你退群");
  expect(systemLine({ ...leaving, stays: false, reason: null } as unknown as SystemItem, "")).toBe("赵铁军 批准 孙立 入群");
});
