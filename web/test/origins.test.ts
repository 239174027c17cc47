import { beforeEach, describe, expect, it, vi } from "vitest";
import "vue";

vi.mock("../src/live/store.ts", async () => {
  const { shallowRef } = await import("vue");
  const clause = { id: "6.39", title: { zh: "", en: "" }, text: { zh: "", en: "" } };
  return {
    device: shallowRef({ groups: { asks: { days: 7, told: "text", origin: { of: ["file", "image"], clause } }, files: { days: 7, told: "text", origin: { of: ["file"], clause } }, free: { days: 7, told: "text", origin: null } } }),
  };
});
vi.mock("../src/chat/files/waiting.ts", () => ({ begin: async () => undefined, free: async () => undefined, moved: () => undefined, removed: () => undefined }));
vi.stubGlobal("BroadcastChannel", undefined);
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("document", { documentElement: { lang: "" } });
URL.createObjectURL = () => "blob:x";
URL.revokeObjectURL = () => undefined;
const { add, allPending, moveFiles, removeFile } = await import("../src/chat/files/pending.ts");
const origins = await import("../src/chat/files/origins.ts");
const { bodyOf } = await import("../src/live/outbox.ts");
const { originLine, reasonsOf } = await import("../src/ui/files/marks.ts");

const file = (box: string, kind: "file" | "image" | "voice" = "file") => add(box, new Blob(["x"]), "a.txt", kind, kind === "voice" ? 3 : null);

describe("where files come from", () => {
  beforeEach(() => {
    for (const one of allPending()) removeFile(one);
    origins.settled("asks", undefined);
  });

  it("is asked where the group wants it, of the files that it names", () => {
    for (const box of ["asks", "files", "free", "unknown"]) file(box, "image");
    expect(["asks", "files", "free", "unknown"].map(origins.asksIn)).toEqual([true, false, false, false]);
    file("asks/7", "voice");
    expect(origins.asksIn("asks/7")).toBe(false);
    file("asks/7");
    expect(origins.asksIn("asks/7")).toBe(true);
    expect(origins.asksOf("asks", [{ kind: "file", origin: { kind: "own", note: "" } }])).toBe(false);
  });

  it("keeps a message until it is said, and shows what is missing", () => {
    expect(origins.stops("asks")).toBe(false);
    file("asks");
    expect(origins.stops("asks")).toBe(true);
    expect(origins.reminded.value).toMatchObject({ box: "asks" });
    origins.unremind("asks/7");
    expect(origins.reminded.value).not.toBeNull();
    origins.unremind("asks");
    expect(origins.reminded.value).toBeNull();
    origins.choose("asks", { kind: "public", note: "  " });
    expect([origins.lacks("asks"), origins.originIn("asks")]).toEqual([true, {}]);
    origins.choose("asks", { kind: "public", note: " 官网 " });
    expect(origins.stops("asks")).toBe(false);
    expect(origins.originIn("asks")).toEqual({ origin: { kind: "public", note: "官网" } });
  });

  it("is remembered for the next files of its group and no other, and each composer has its own", () => {
    file("asks");
    origins.choose("asks", { kind: "organisation", note: "" });
    file("asks/7");
    expect(origins.chosenIn("asks/7")).toBeNull();
    origins.settled("asks", origins.originIn("asks").origin);
    expect(origins.chosenIn("asks/7")).toEqual({ kind: "organisation", note: "" });
    origins.choose("asks/7", { kind: "own", note: "" });
    expect(origins.chosenIn("asks")).toEqual({ kind: "organisation", note: "" });
    file("files");
    expect([origins.chosenIn("files"), origins.lacks("files")]).toEqual([null, true]);
  });

  it("is remembered without its note, which is asked again", () => {
    file("asks");
    origins.settled("asks/7", { kind: "licensed", note: "设计院李工" });
    expect(origins.chosenIn("asks")).toEqual({ kind: "licensed", note: "" });
    expect([origins.stops("asks"), origins.originIn("asks")]).toEqual([true, {}]);
    origins.unremind("asks");
  });

  it("is not asked again of what was sent off and waits for its files", () => {
    const one = file("asks");
    moveFiles([one], "cm1");
    expect([origins.asksIn("asks"), origins.asksIn("cm1")]).toEqual([false, false]);
  });

  it("goes with the files of a message, and with no other", () => {
    const origin = { kind: "own" as const, note: "" };
    const said = { cmid: "c", group: "asks", text: "看", mentions: [], quote: null, at: 1, state: "waiting" as const, origin };
    expect(bodyOf(said)).toEqual({ text: "看" });
    const sent = { id: "f1", name: "a.txt", size: 1, type: "text/plain", kind: "file" as const, thumbnail: false };
    expect(bodyOf({ ...said, files: [sent] })).toEqual({ text: "看", files: ["f1"], origin });
  });

  it("is named where its note stopped a message", () => {
    const found = (part: string) => ({ part, category: "words", rule: "r", word: "核心配方" });
    const stopped = { id: "f1", name: "a.txt", size: 1, type: "text/plain", kind: "file" as const, thumbnail: false, findings: [found("origin"), found("text")] };
    expect(reasonsOf(stopped)).toBe("来源说明命中“核心配方”、命中“核心配方”");
  });

  it("is one line beside a file", () => {
    expect(originLine(null)).toBe("");
    expect(originLine({ kind: "organisation", note: "" })).toBe("来源：本单位资料");
    expect(originLine({ kind: "licensed", note: "设计院李工" })).toBe("来源：已获授权（设计院李工）");
  });
});
