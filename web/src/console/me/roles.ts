import type { Role } from "../../api/types.ts";
import { t } from "../../i18n/base.ts";
import { s } from "../../i18n/staff.ts";

export const rolesWords = (roles: readonly Role[]): string => roles.map((one) => s(`role.${one}`)).join(t("word.and"));
