/** What the jump box alone knows of pages: those that everybody has, and how their names sound to whoever types letters. */
import type { BASE } from "../i18n/base.ts";
import type { Lang } from "../lib/time.ts";
import type { Page } from "./pages.ts";

type Jump = Pick<Page, "to" | "label" | "icon">;
export const FIRST: readonly Jump[] = [
  { to: "/todo", label: "nav.todo", icon: "todo" }, { to: "/notices", label: "nav.notices", icon: "mega" }, { to: "/people", label: "nav.people", icon: "contacts" },
];
export const LAST: readonly Jump[] = [{ to: "/me", label: "page.me", icon: "me" }];

/** As `/sounds` has them, a blank between characters and a stroke between readings: in zh-CN, and in zh-TW where that names the page otherwise. */
const SOUNDS: Partial<Record<keyof typeof BASE, readonly [cn: string, tw?: string]>> = {
  "nav.todo": ["dai ban"],
  "nav.notices": ["tong zhi"],
  "nav.people": ["tong xun lu"],
  "page.apply": ["shen qing jian qun"],
  "page.applications": ["wo de shen qing"],
  "page.join": ["ping bei an hao ru qun"],
  "page.search": ["sou suo xiao xi", "sou xun xun xi"],
  "page.questions": ["wen ti"],
  "page.answers": ["dai wo hui fu"],
  "page.later": ["shao hou chu li"],
  "page.favourites": ["shou cang"],
  "page.issued": ["fa tong zhi"],
  "page.reviews": ["shen he dui lie", "shen he zhu lie"],
  "page.exceptions": ["li wai yu xian shen"],
  "page.frozen": ["dong jie de hua ti", "dong jie de tao lun chuan"],
  "page.figures": ["gui ze cheng xiao"],
  "page.register": ["qun zu tai zhang"],
  "page.clauses": ["zhi du yu tiao kuan"],
  "page.ledger": ["zhang ben yu zheng ming"],
  "page.directory": ["ren yuan guan li"],
  "page.accounts": ["zhang hao guan li"],
  "page.outages": ["shou fa gu zhang"],
  "page.webhooks": ["xi tong jie ru"],
  "page.templates": ["xiao xi mu/mo ban", "xun xi fan ben"],
  "page.barriers": ["gou tong ping zhang"],
  "page.rules": ["ci ku yu huo mian"],
  "page.pack": ["zhi du bao"],
  "page.me": ["wo de zhang hu", "wo de zhang hao"],
};

/** Nothing where names are not written in characters. */
export function pageSounds(label: keyof typeof BASE, lang: Lang): string {
  const [cn, tw] = SOUNDS[label] ?? [];
  return lang === "en" ? "" : ((lang === "zh-TW" ? tw : undefined) ?? cn ?? "");
}
