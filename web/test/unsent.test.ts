import { beforeEach, describe, expect, it, vi } from "vitest";
import { choices, fromField } from "../src/chat/later/times.ts";
import { toField } from "../src/lib/field.ts";

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
  it("of another screen count when they were written later", async () => {
    await drafts.loadDrafts();
    drafts.keepDraft("g", "这里", null);
    drafts.applyDraft(mark("那里旧", 999_999));
    expect(drafts.draftOf("g")).toBe("这里");
    drafts.applyDraft(mark("那里新", 1_000_001));
    expect(drafts.draftOf("g")).toBe("那里新");
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
  it("of threads stand in the list only where the group has none, the newest first", () => {
    for (const [text, thread, at] of [["旧话题", 5, 10], ["新话题", 6, 20], ["", 7, 30]] as const) drafts.applyDraft({ ...mark(text, at), thread });
    drafts.applyDraft({ ...mark("别的群", 40), group: "gg" });
    expect([drafts.draftIn("g"), drafts.draftOf("g")]).toEqual(["新话题", ""]);
    drafts.applyDraft(mark("群里", 15));
    expect(drafts.draftIn("g")).toBe("群里");
    drafts.applyDraft(mark("", 50));
    drafts.applyDraft({ ...mark("", 50), thread: 6 });
    expect(drafts.draftIn("g")).toBe("旧话题");
  });
  it("are restored of the group and of its threads alike", async () => {
    stored = [mark("群里", 10), { ...mark("话题里", 11), thread: 5 }];
    await drafts.loadDrafts();
    expect([drafts.draftOf("g"), drafts.draftOf("g", 5)]).toEqual(["群里", "话题里"]);
  });
  it("of a thread and of its group are apart, and say to the server where they belong", async () => {
    drafts.keepDraft("g", "在群里", null);
    drafts.keepDraft("g", "在话题里", null, 5);
    expect([drafts.draftOf("g"), drafts.draftOf("g", 5), drafts.draftOf("g", 6)]).toEqual(["在群里", "在话题里", ""]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.map(({ path, body }) => [path, body["text"], body["thread"]])).toEqual([["/api/groups/g/draft", "在群里", undefined], ["/api/groups/g/draft", "在话题里", 5]]);
    drafts.applyDraft({ ...mark("从别处来", Date.now() + 1), thread: 5 });
    expect([drafts.draftOf("g"), drafts.draftOf("g", 5)]).toEqual(["在群里", "从别处来"]);
  });
  it("that nobody has seen here yet stay before what was typed meanwhile, and nothing is saved over them", async () => {
    stored = [mark("手机上写了很久", 900_000), { ...mark("另一个群的", 900_001), group: "h" }];
    drafts.keepDraft("g", "先打的字", null);
    drafts.saveDraft("g");
    expect(sent).toEqual([]);
    await drafts.loadDrafts();
    expect([drafts.draftOf("g"), drafts.draftOf("h")]).toEqual(["手机上写了很久\n先打的字", "另一个群的"]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.map(({ body }) => body["text"])).toEqual(["手机上写了很久\n先打的字"]);
    expect(drafts.draftOf("g")).toBe("手机上写了很久\n先打的字");
  });
  it("that were typed and sent before the server's came leave that one whole", async () => {
    drafts.keepDraft("g", "好的", null);
    drafts.keepDraft("g", "", null);
    stored = [mark("长草稿", 900_000)];
    await drafts.loadDrafts();
    await vi.advanceTimersByTimeAsync(1000);
    expect(drafts.draftOf("g")).toBe("长草稿");
    expect(sent).toEqual([]);
  });
  it("that went on elsewhere while the line was lost go on behind that; what was known before is not said twice", async () => {
    stored = [mark("甲", 5)];
    await drafts.loadDrafts();
    drafts.missDrafts();
    drafts.keepDraft("g", "甲丙", null);
    stored = [mark("甲乙", 6)];
    await drafts.catchUp();
    expect(drafts.draftOf("g")).toBe("甲乙\n丙");
    drafts.missDrafts();
    drafts.keepDraft("g", "甲乙\n丙丁", null);
    stored = [mark("", 4)];
    await drafts.catchUp();
    expect(drafts.draftOf("g")).toBe("甲乙\n丙丁");
  });
  it("wait while an input method composes in their field", async () => {
    await drafts.loadDrafts();
    drafts.composeDraft("g", null, true);
    drafts.applyDraft(mark("手机上的", 1_000_001));
    expect(drafts.draftOf("g")).toBe("");
    drafts.keepDraft("g", "你好", null);
    drafts.composeDraft("g", null, false);
    expect(drafts.draftOf("g")).toBe("手机上的\n你好");
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.map(({ body }) => body["text"])).toEqual(["手机上的\n你好"]);
  });
  it("say whom they mention on every screen", async () => {
    drafts.keepDraft("g", "@白露 请看", null, null, [["p1", "白露"], ["p2", "不在文中"]]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent[0]?.body["mentions"]).toEqual([{ id: "p1", name: "白露" }]);
    drafts.applyDraft({ ...mark("@孙立 也看", Date.now() + 1), mentions: [{ id: "p3", name: "孙立" }] });
    expect(drafts.mentionedIn("g")).toEqual([["p3", "孙立"]]);
  });
  it("of earlier versions are taken over", () => {
    kept.set("gj.drafts.me", JSON.stringify({ g: "旧格式" }));
    drafts.openDrafts("me");
    expect(drafts.draftOf("g")).toBe("旧格式");
  });
});
