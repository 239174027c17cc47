import type { ApiError } from "../api/client.ts";
import { t } from "../i18n/base.ts";
import { wordsFor } from "../i18n/refusals.ts";
import { lang } from "../i18n/index.ts";

/** One sentence for a failed request: our own words for its code; the server's, when they are in the reader's language; the status. */
export function explain(error: ApiError): string {
  if (error.code === "network") return t("error.network");
  if (error.status >= 500) return t("error.server");
  const known = wordsFor(error.code);
  if (known !== null) return known;
  if (error.message && (lang.value === "en") !== /\p{Script=Han}/u.test(error.message)) return error.message;
  switch (error.status) {
    case 401: return t("error.session");
    case 403: return t("error.forbidden");
    case 404: return t("error.not_found");
    case 409: return t("error.conflict");
    case 429: return t("error.too_many");
    default: return t("error.invalid");
  }
}
