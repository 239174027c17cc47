import type { PaceLimit } from "../api/types.ts";
import { c } from "../i18n/chat.ts";

/** What one exceeded, in the reader's words. */
export function paceWords(limit: PaceLimit): string {
  if (limit.longest !== undefined) return c("pace.longest", { n: limit.longest });
  const seconds = limit.seconds ?? 0;
  const every = seconds % 60 === 0 ? c("pace.minutes", { n: seconds / 60 }) : c("pace.seconds", { n: seconds });
  return c(limit.per === "contact" ? "pace.contact" : "pace.person", { every, n: limit.messages ?? 0 });
}
