import type { ApiError } from "../api/client.ts";
import { t } from "../i18n/base.ts";
import { lang } from "../i18n/index.ts";

/** One sentence for a failed request: our own words for what is known, the server's words where it says something specific. */
export function explain(error: ApiError): string {
  if (error.code === "network") return t("error.network");
  if (error.status >= 500) return t("error.server");
  if (error.code === "directory.own_record") return t("error.own_record");
  if (error.message && (lang.value !== "en" || !/\p{Script=Han}/u.test(error.message))) return error.message;
  switch (error.status) {
    case 401: return t("error.session");
    case 403: return t("error.forbidden");
    case 404: return t("error.not_found");
    case 409: return t("error.conflict");
    case 429: return t("error.too_many");
    default: return error.message || t("error.invalid");
  }
}
