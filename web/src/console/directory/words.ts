import type { AccountState, Role } from "../../api/types.ts";
import { t } from "../../i18n/base.ts";
import { s } from "../../i18n/staff.ts";

export const ROLES: readonly Role[] = ["hr", "it", "registrar", "reviewer", "system_admin", "security_admin", "audit_admin"];
export const rolesWords = (roles: readonly Role[]): string => roles.map((one) => s(`role.${one}`)).join(t("word.and"));
export const accountWords = (state: AccountState): string => s(`ac.${state}`);
