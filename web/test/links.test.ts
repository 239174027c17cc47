import { describe, expect, it } from "vitest";
import { placeOf } from "../src/lib/links.ts";

const HERE = "https://im.chengyuan.cn";
const warned = (href: string): string[] => {
  const place = placeOf(href, HERE);
  return place?.inside === null ? place.warnings : ["inside"];
};

describe("links", () => {
  it("knows the pages of our own", () => {
    const inside = (path: string): unknown => placeOf(HERE + path, HERE)?.inside;
    expect(inside("/chat/grp_1?at=17")).toEqual({ kind: "message", group: "grp_1", position: 17 });
    expect(inside("/chat/grp_1?at=-1")).toEqual({ kind: "group", group: "grp_1" });
    expect(inside("/chat/grp_1")).toEqual({ kind: "group", group: "grp_1" });
    expect(inside("/clauses/6.9")).toEqual({ kind: "clause", id: "6.9" });
    expect(inside("/notices/ntc_1")).toEqual({ kind: "notice", id: "ntc_1" });
    expect(inside("/todo/req_1?box=mine")).toEqual({ kind: "request", id: "req_1" });
    expect(inside("/todo")).toEqual({ kind: "page" });
    expect(inside("/desk")).toEqual({ kind: "page" });
  });
  it("says host and path of an outside page, readable and not turned around", () => {
    expect(placeOf("https://www.gov.cn/%E6%94%BF%E7%AD%96?q=1", HERE)).toMatchObject({ host: "www.gov.cn", path: "/政策?q=1", inside: null, warnings: [] });
    expect(placeOf("https://a.cn/%E2%80%AEfdp.exe", HERE)?.path).toBe("/%E2%80%AEfdp.exe");
    expect(placeOf("https://a.cn/%FF", HERE)?.path).toBe("/%FF");
    expect(placeOf("https://a.cn", HERE)?.path).toBe("");
  });
  it.each([
    ["https://www.gov.cn/", []], ["http://www.gov.cn/", ["plain"]], ["https://10.0.0.8/x", ["number"]], ["https://0x0a000008/x", ["number"]],
    ["https://[::1]:8443/", ["number", "port"]], ["https://аpple.com/", ["letters"]], ["https://a.cn:8443/", ["port"]],
    ["https://im.chengyuan.cn.evil.com/", ["like_ours"]], ["https://im.chengyvan.cn/", ["like_ours"]], ["https://im-chengyuan-cn.top/", ["like_ours"]],
    ["https://files.im.chengyuan.cn/", []], ["https://im.chengyuan.cn/chat", ["inside"]],
  ])("warns of %s", (href, wanted) => {
    expect(warned(href)).toEqual(wanted);
  });
  it("follows nothing else", () => {
    for (const href of ["javascript:alert(1)", "https://im.chengyuan.cn@evil.com/", "ftp://a.cn", "x"]) expect(placeOf(href, HERE)).toBeNull();
  });
});
