import type { Review } from "../../api/types.ts";
import { t } from "../../i18n/base.ts";
import { r } from "../../i18n/review.ts";
import { valueWord } from "../../i18n/values.ts";
import { w } from "../../i18n/work.ts";
import { isOverflow } from "../../ui/overflow.ts";

/** What rules found, for a row that has nothing of the text. */
export function foundLine(row: Pick<Review, "findings" | "files">): string {
  const words = row.findings.map((one) => one.word || (isOverflow(one) ? w("rv.overflow") : valueWord(one.category ?? "")));
  return [...new Set(words)].join(t("word.and")) || (row.files ? r("row.files", { n: row.files }) : r("row.plain"));
}
