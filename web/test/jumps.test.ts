import "vue"; // before the stubs: it looks for a real document when it is loaded
import { expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { language: "zh-CN" });
vi.stubGlobal("document", { documentElement: { lang: "" } });
vi.doMock("../src/live/store.ts", () => ({ me: { value: null } }));
const { BASE } = await import("../src/i18n/base.ts");
const { isMeant } = await import("../src/live/sounds.ts");
const { FIRST, LAST, pageSounds } = await import("../src/shell/jumps.ts");
const { PAGES } = await import("../src/shell/pages.ts");

const LABELS = [...FIRST, ...PAGES, ...LAST].map((one) => one.label);

it.each([["zh-CN", 0], ["zh-TW", 1]] as const)("every page's name has in %s a sound for each of its characters", (lang, at) => {
  const wrong = LABELS.filter((one) => !/^[a-z]+(\/[a-z]+)*( [a-z]+(\/[a-z]+)*)*$/.test(pageSounds(one, lang)) || pageSounds(one, lang).split(" ").length !== BASE[one][at].length);
  expect(wrong).toEqual([]);
});
it("a character that both names share at the same place sounds the same in both", () => {
  const differ = LABELS.filter((one) => {
    const [cn, tw] = [pageSounds(one, "zh-CN").split(" "), pageSounds(one, "zh-TW").split(" ")];
    return [...BASE[one][0]].some((each, at) => each === BASE[one][1][at] && cn[at] !== tw[at]);
  });
  expect(differ).toEqual([]);
});
it.each([["tongxl", "nav.people", "zh-CN"], ["xxmb", "page.templates", "zh-CN"], ["fanben", "page.templates", "zh-TW"], ["shqr", "nav.todo", "zh-CN"]] as const)("%s for %s in %s", (typed, label, lang) => {
  expect(isMeant("", "", [typed], pageSounds(label, lang))).toBe(typed !== "shqr");
});
it("English names are found as they are written alone", () => {
  expect(LABELS.map((one) => pageSounds(one, "en")).join("")).toBe("");
});
