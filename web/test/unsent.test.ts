import { beforeEach, describe, expect, it, vi } from "vitest";
import { choices, fromField, toField } from "../src/chat/later/times.ts";

const kept = new Map<string, string>();
vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) });
const sent: { path: string; body: Record<string, unknown> }[] = [];
let answer = 204;
let stored: unknown[] = [];
vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
  if (init.method === "GET") return new Response(JSON.stringify({ drafts: stored }), { status: 200 });
  sent.push({ path, body: JSON.parse(String(init.body)) as Record<string, unknown> });
  return new Response(answer === 204 ? null : JSON.stringify({ code: "x" }), { status: answer });
});
const drafts = await import("../src/live/drafts.ts");
const mark = (text: string, at: number) => ({ group: "g", text, quote: null, thread: null, at });

describe("times to send at", () => {
  it("offers this evening only while it lies ahead", () => {
    const noon = new Date(2026, 10, 28, 12, 0).getTime();
    expect(choices(noon).map((one) => new Date(one.at).getHours())).toEqual([18, 9]);
    expect(choices(new Date(2026, 10, 28, 17, 59, 30).getTime()).map((one) => one.word)).toEqual(["sc.tomorrow"]);
    expect(new Date(choices(new Date(2026, 11, 31, 20).getTime())[0]?.at ?? 0).getFullYear()).toBe(2027);
  });
  it("reads what a field of the browser says, and nothing too near or too far", () => {
    const now = new Date(2026, 10, 28, 12, 0).getTime();
    const at = new Date(2026, 10, 29, 8, 30).getTime();
    expect(toField(at)).toBe("2026-11-29T08:30");
    expect(fromField("2026-11-29T08:30", now)).toBe(at);
    for (const wrong of ["", "2026-11-28T12:00", "2027-02-01T00:00", "soon"]) expect(fromField(wrong, now)).toBeNull();
  });
});

describe("drafts", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
    kept.clear();
    sent.length = 0;
    answer = 204;
    stored = [];
    drafts.drafts.value = {};
    drafts.openDrafts("me");
  });

  it("are saved after a second of quiet, or at once when the composer is left", async () => {
    drafts.keepDraft("g", "大", null);
    vi.advanceTimersByTime(900);
    drafts.keepDraft("g", "大家", 7);
    vi.advanceTimersByTime(999);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([{ path: "/api/groups/g/draft", body: { text: "大家", quote: 7, at: 1_000_900 } }]);
    drafts.keepDraft("g", "大家好", 7);
    drafts.saveDraft("g");
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toHaveLength(2);
    drafts.saveDraft("g");
    expect(sent).toHaveLength(2);
  });
  it("of another screen count when they were written later", () => {
    drafts.keepDraft("g", "这里", null);
    drafts.applyDraft(mark("那里旧", 999_999));
    expect(drafts.draftOf("g")).toBe("这里");
    drafts.applyDraft(mark("那里新", 1_000_001));
    expect(drafts.draftOf("g")).toBe("那里新");
    expect(drafts.arrived.value?.text).toBe("那里新");
    drafts.applyDraft(mark("", 1_000_002));
    expect(drafts.draftOf("g")).toBe("");
  });
  it("that are written here count, whatever the clock of another screen says", () => {
    drafts.applyDraft(mark("快钟", 9_000_000));
    drafts.keepDraft("g", "慢钟", null);
    expect(drafts.drafts.value["g"]?.at).toBe(9_000_001);
  });
  it("that could not be saved go when the page comes back, and stay here meanwhile", async () => {
    answer = 503;
    drafts.keepDraft("g", "断线", null);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toHaveLength(1);
    drafts.openDrafts("me");
    expect(drafts.draftOf("g")).toBe("断线");
    answer = 204;
    stored = [mark("更早", 5)];
    await drafts.loadDrafts();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent[1]?.body["text"]).toBe("断线");
    await drafts.loadDrafts();
    expect(sent).toHaveLength(2);
  });
  it("of a thread and of its group are apart, and say to the server where they belong", async () => {
    drafts.keepDraft("g", "在群里", null);
    drafts.keepDraft("g", "在话题里", null, 5);
    expect([drafts.draftOf("g"), drafts.draftOf("g", 5), drafts.draftOf("g", 6)]).toEqual(["在群里", "在话题里", ""]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.map(({ path, body }) => [path, body["text"], body["thread"]])).toEqual([["/api/groups/g/draft", "在群里", undefined], ["/api/groups/g/draft", "在话题里", 5]]);
    drafts.applyDraft({ ...mark("从别处来", Date.now() + 1), thread: 5 });
    expect([drafts.draftOf("g"), drafts.draftOf("g", 5)]).toEqual(["在群里", "从别处来"]);
    expect(drafts.arrived.value).toEqual({ group: "g", thread: 5, text: "从别处来" });
  });
  it("of earlier versions are taken over", () => {
    kept.set("gj.drafts.me", JSON.stringify({ g: "旧格式" }));
    drafts.openDrafts("me");
    expect(drafts.draftOf("g")).toBe("旧格式");
  });
});
