/** The pages of the desk and the console, and who is offered them. The server decides; this only keeps the list short. */
import { t } from "../i18n/base.ts";
import type { BASE } from "../i18n/base.ts";
import { me } from "../live/store.ts";
import type { Role } from "../api/types.ts";

/** `may` offers the page by a right as well, where a pack decides which role has it. */
export interface Page { to: string; icon: string; label: keyof typeof BASE; group: keyof typeof BASE; roles: readonly Role[] | null; may?: string }

export const PAGES: readonly Page[] = [
  { to: "/apply", icon: "plus", label: "page.apply", group: "nav.desk", roles: null },
  { to: "/applications", icon: "flow", label: "page.applications", group: "nav.desk", roles: null },
  { to: "/join", icon: "user-plus", label: "page.join", group: "nav.desk", roles: null },
  { to: "/search", icon: "search", label: "page.search", group: "nav.desk", roles: null },
  { to: "/answers", icon: "clock", label: "page.answers", group: "nav.desk", roles: null },
  { to: "/questions", icon: "info", label: "page.questions", group: "nav.desk", roles: null },
  { to: "/saved/later", icon: "clock", label: "page.later", group: "nav.desk", roles: null },
  { to: "/saved/favourite", icon: "archive", label: "page.favourites", group: "nav.desk", roles: null },
  { to: "/issued", icon: "mega", label: "page.issued", group: "group.govern", roles: ["audit_admin", "security_admin", "head"], may: "notices.issue" },
  { to: "/register", icon: "table", label: "page.register", group: "group.govern", roles: ["registrar", "audit_admin", "security_admin", "head"] },
  { to: "/frozen", icon: "lock", label: "page.frozen", group: "group.govern", roles: ["security_admin", "head"] },
  { to: "/reviews", icon: "shield", label: "page.reviews", group: "group.govern", roles: ["reviewer"], may: "messaging.review_escalated" },
  { to: "/exceptions", icon: "hourglass", label: "page.exceptions", group: "group.govern", roles: ["reviewer", "security_admin", "hr"] },
  { to: "/figures", icon: "list", label: "page.figures", group: "group.govern", roles: ["reviewer", "security_admin", "audit_admin"] },
  { to: "/directory", icon: "building", label: "page.directory", group: "group.staff", roles: ["hr"] },
  { to: "/accounts", icon: "key", label: "page.accounts", group: "group.staff", roles: ["hr", "it", "security_admin", "audit_admin"] },
  { to: "/outages", icon: "wifi-off", label: "page.outages", group: "group.staff", roles: ["it", "system_admin"] },
  { to: "/clauses", icon: "book", label: "page.clauses", group: "group.rules", roles: null },
  { to: "/templates", icon: "table", label: "page.templates", group: "group.rules", roles: ["registrar", "security_admin"] },
  { to: "/pack", icon: "tune", label: "page.pack", group: "group.rules", roles: ["security_admin"] },
  { to: "/rules", icon: "filter", label: "page.rules", group: "group.rules", roles: ["security_admin", "audit_admin", "reviewer"] },
  { to: "/barriers", icon: "lock", label: "page.barriers", group: "group.rules", roles: ["security_admin", "audit_admin"] },
  { to: "/webhooks", icon: "send", label: "page.webhooks", group: "group.rules", roles: ["system_admin", "security_admin", "audit_admin"] },
  { to: "/ledger", icon: "proof", label: "page.ledger", group: "group.proof", roles: null },
];

export function pagesForMe(): Page[] {
  const roles = me.value?.roles ?? [];
  const rights = me.value?.capabilities ?? [];
  return PAGES.filter((one) => one.roles === null || one.roles.some((role) => roles.includes(role)) || (one.may !== undefined && rights.includes(one.may)));
}
export function grouped(pages: readonly Page[]): { title: string; pages: Page[] }[] {
  const out = new Map<keyof typeof BASE, Page[]>();
  for (const page of pages) out.set(page.group, [...(out.get(page.group) ?? []), page]);
  return [...out].map(([group, list]) => ({ title: t(group), pages: list }));
}
