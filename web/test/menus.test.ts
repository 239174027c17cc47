import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const src = resolve(import.meta.dirname, "../src");
/** A portal of something that opens over the page begins with a shield, or a press beside it reaches what lies under it. */
const PORTAL = /<(?:DropdownMenu|ContextMenu|Popover)Portal>\s*(<MenuShield :open="\w+" \/>)?/g;
const open = (text: string): string[] => [...text.matchAll(PORTAL)].filter(([, shield]) => !shield).map(([tag]) => tag);

it("a press beside a menu only closes it", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((one) => one.endsWith(".vue"));
  const texts = files.map((one) => readFileSync(join(src, one), "utf8"));
  expect(texts.join("").match(PORTAL)?.length).toBeGreaterThan(1);
  expect(texts.flatMap(open)).toEqual([]);
});
it("the rule catches what it must", () => {
  expect(open('<DropdownMenuPortal><DropdownMenuContent class="pop menu"><PopoverPortal>\n<PopoverContent>')).toHaveLength(2);
  expect(open('<PopoverPortal>\n<MenuShield :open="open" /><PopoverContent>')).toEqual([]);
});
