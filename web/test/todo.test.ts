import { expect, it, vi } from "vitest";
import "vue"; // before the stubs: it looks for a real document when it is loaded
import type { Notice } from "../src/api/notices.ts";
import type { ApprovalRequest, Me } from "../src/api/types.ts";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("document", { documentElement: { lang: "" }, createElement: () => ({ content: {} }) });
vi.stubGlobal("BroadcastChannel", undefined);
vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
vi.stubGlobal("addEventListener", () => undefined);
const { byDeadline } = await import("../src/console/approvals/others.ts");
const { todoTotal } = await import("../src/live/counts.ts");
const { me, state } = await import("../src/live/store.ts");

const request = (id: string, due: number | null): ApprovalRequest => ({ id, steps: [{ state: "approved", due_at: 1 }, { state: "waiting", due_at: due }] }) as unknown as ApprovalRequest;
const notice = (id: string, due: number): Notice => ({ id, due_at: due }) as unknown as Notice;

it("lists requests and notices by the nearest deadline, and what has none at the end", () => {
  const rows = byDeadline([request("r5", 5), request("none", null), request("r2", 2), request("also none", null)], [notice("n9", 9), notice("n3", 3)]);
  expect(rows.map((one) => one.request?.id ?? one.notice?.id)).toEqual(["r2", "n3", "r5", "n9", "none", "also none"]);
});
it("is one sum of all that waits, of whatever kind", () => {
  expect(todoTotal.value).toBe(0);
  state.value = { ...state.value, todo: { approvals: 1, reviews: 20, notices: 300 } };
  me.value = { todo: { answers: 4000, questions: 50_000, groups: [{ group: "g", joining: 100_000, leaving: 200_000, flagged: 400_000 }] } } as unknown as Me;
  expect(todoTotal.value).toBe(754_321);
});
