import { beforeEach, expect, it, vi } from "vitest";
import "vue"; // before the stubs: it looks for a real document when it is loaded

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("document", { documentElement: { lang: "" } });
const { hoursLine, hoursLines } = await import("../src/chat/order/hours.ts");
const { lang } = await import("../src/i18n/index.ts");

beforeEach(() => void (lang.value = "zh-CN"));
const at = (days: number[], words = "") => ({ days, start: 540, end: 600, words });

it.each([
  [[1], "每周一 09:00–10:00", "Mon 09:00–10:00"], [[1, 3], "每周一、三 09:00–10:00", "Mon, Wed 09:00–10:00"],
  [[1, 2, 3, 4, 5], "周一至周五 09:00–10:00", "Monday to Friday 09:00–10:00"], [[1, 2, 3, 4, 5, 6, 7], "每天 09:00–10:00", "Every day 09:00–10:00"],
] as const)("says the days %s", (days, zh, en) => {
  expect(hoursLine(at([...days]))).toBe(zh);
  lang.value = "en";
  expect(hoursLine(at([...days]))).toBe(en);
});
it("says what for, and joins several", () => {
  expect(hoursLines([at([1], "例会"), { days: [5], start: 1380, end: 1440, words: "" }])).toBe("每周一 09:00–10:00（例会）；每周五 23:00–24:00");
});
