import { describe, expect, it } from "vitest";
import { decode } from "../src/lib/decode.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (one) => parseInt(one, 16));
/** `工号,姓名` and `顾远` as spreadsheets save them. */
const TEXT = "工号,姓名\r\n顾远";

describe("files of people", () => {
  it.each([
    ["UTF-8", "e5b7a5e58fb72ce5a793e5908d0d0ae9a1bee8bf9c"],
    ["UTF-8 with a mark", "efbbbfe5b7a5e58fb72ce5a793e5908d0d0ae9a1bee8bf9c"],
    ["GBK", "b9a4bac52cd0d5c3fb0d0ab9cbd4b6"],
    ["UTF-16, little end first", "fffee55df7532c00d3590d540d000a007e98dc8f"],
    ["UTF-16, big end first", "feff5de553f7002c59d3540d000d000a987e8fdc"],
  ])("are read in %s", (_, hex) => {
    expect(decode(bytes(hex))).toBe(TEXT);
  });
  it("reads a character of four bytes that GBK does not have", () => {
    expect(decode(bytes("9933a9322c"))).toBe("𬭎,");
  });
  it("refuses what is no text", () => {
    expect(decode(bytes("ffd8ffe000104a46ff"))).toBeNull();
    expect(decode(bytes("fffe00d8"))).toBeNull();
  });
});
