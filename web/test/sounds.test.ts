import { expect, it } from "vitest";
import { soundsLike } from "../src/lib/sounds.ts";

const SHOP = "zong zhuang yi che/ju jian";

it.each(["z", "zzycj", "zzyjj", "zongzhuang", "zongzhuangyichejian", "zhuang", "yichejian", "cj", "zongzhuangycj", "zongz", "zozhyi"])("%s means the name", (typed) => {
  expect(soundsLike(SHOP, typed)).toBe(true);
});
it.each(["ong", "zc", "zongjian", "zzycja", "hejian", "x", "zzycjj"])("%s does not", (typed) => {
  expect(soundsLike(SHOP, typed)).toBe(false);
});
it("means nothing where a name has no characters, or was not told", () => {
  expect(soundsLike("", "a")).toBe(false);
});
it("does not try every way through a name whose characters have readings alike", () => {
  const began = performance.now();
  expect(soundsLike(Array(40).fill("dou/du").join(" "), "d".repeat(39) + "x")).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});
