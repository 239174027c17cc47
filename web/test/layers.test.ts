import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const src = resolve(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((one) => /\.(vue|ts)$/.test(one) && !one.endsWith(".d.ts"));
/** What a folder may import, besides itself. */
const MAY: Record<string, readonly string[]> = {
  lib: ["api"], i18n: ["api", "lib"], api: [], ui: ["api", "i18n", "lib"], live: ["api", "lib"],
  chat: ["api", "i18n", "lib", "live", "ui"], shell: ["api", "chat", "i18n", "lib", "live", "ui"],
  door: ["api", "i18n", "lib", "live", "ui"], console: ["api", "i18n", "lib", "live", "shell", "ui"],
};
const imports = (text: string): string[] => [...text.matchAll(/from "(\.[^"]+)"|^import "(\.[^"]+)"/gm)].map((one) => one[1] ?? one[2] ?? "");

function wrong(file: string, text: string): string[] {
  const [from = "", sub = ""] = file.split("/");
  if (!(from in MAY)) return [];
  return imports(text).map((one) => relative(src, resolve(src, dirname(file), one))).filter((to) => {
    const [folder = "", inner = ""] = to.split("/");
    if (folder === from) return from === "console" && to.split("/").length > 2 && file.split("/").length > 2 && inner !== sub;
    return !(MAY[from] ?? []).includes(folder);
  }).map((to) => `${file} imports ${to}`);
}

it("imports follow the layers", () => {
  expect(files.length).toBeGreaterThan(60);
  expect(files.flatMap((one) => wrong(one, readFileSync(join(src, one), "utf8")))).toEqual([]);
});
it("the rule catches what it must", () => {
  expect(wrong("chat/X.vue", 'import A from "../console/PageHead.vue";')).toHaveLength(1);
  expect(wrong("console/apply/X.vue", 'import A from "../reviews/ReviewBody.vue";')).toHaveLength(1);
  expect(wrong("lib/x.ts", 'import { a } from "../live/store.ts";')).toHaveLength(1);
});
it("files stay short, and templates carry no style attribute that the CSP would refuse", () => {
  const long = files.filter((one) => readFileSync(join(src, one), "utf8").split("\n").length > (one.endsWith(".vue") ? 201 : 401));
  const styled = files.filter((one) => one.endsWith(".vue") && /<[a-z][^>]*\sstyle="/.test(readFileSync(join(src, one), "utf8")));
  expect([...long, ...styled]).toEqual([]);
});
