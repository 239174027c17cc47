import { lang } from "../../i18n/index.ts";
import type { Triple } from "../../i18n/index.ts";

/** Why an address outside has not taken something; the third of each is how the server puts it. */
const PROBLEMS: readonly Triple[] = [
  ["没有按时答复", "沒有按時回應", "it did not answer in time"],
  ["证书无效", "憑證無效", "its certificate does not hold"],
  ["连不上", "連不上", "it could not be reached"],
  ["不是地址", "不是位址", "it is no address"],
  ["不是 https", "不是 https", "it is not https"],
  ["域名解析不到", "網域解析不到", "its name leads nowhere"],
  ["域名没有按时解析", "網域沒有按時解析", "its name is not found in time"],
  ["在内网", "在內網", "it is inside the network"],
];

export function problemWords(problem: string): string {
  const known = PROBLEMS.find(([, , words]) => problem.startsWith(words));
  if (known === undefined || lang.value === "en") return problem;
  return known[lang.value === "zh-TW" ? 1 : 0] + problem.slice(known[2].length);
}
