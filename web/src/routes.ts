import { createRouter, createWebHistory } from "vue-router";
import type { RouteRecordRaw } from "vue-router";
import { ApiError, get } from "./api/client.ts";
import type { Setup } from "./api/types.ts";
import ChatPage from "./chat/ChatPage.vue";
import { loadMe, start, whenSessionEnds } from "./live/store.ts";
import { followBack } from "./ui/layers.ts";

declare module "vue-router" {
  interface RouteMeta {
    /** No session and no shell. */
    door?: boolean;
    /** Shown with the console's navigation. */
    console?: boolean;
    /** The page scrolls inside itself. */
    fixed?: boolean;
  }
}

/** Every page of the client. The chat is in the first load; everything else comes when it is opened. */
const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/chat" },
  { path: "/chat/:group?", component: ChatPage, meta: { fixed: true } },
  { path: "/todo/:id?", component: () => import("./console/approvals/ApprovalsPage.vue"), meta: { fixed: true } },
  { path: "/notices/:id?", component: () => import("./console/notices/NoticesPage.vue"), meta: { fixed: true } },
  { path: "/people/:id?", component: () => import("./console/directory/PeoplePage.vue"), meta: { fixed: true } },
  { path: "/desk", component: () => import("./console/DeskPage.vue") },
  { path: "/apply", component: () => import("./console/apply/ApplyPage.vue"), meta: { fixed: true } },
  { path: "/applications", component: () => import("./console/apply/ApplicationsPage.vue") },
  { path: "/join", component: () => import("./console/apply/JoinPage.vue") },
  { path: "/search", component: () => import("./console/search/SearchPage.vue") },
  { path: "/answers", component: () => import("./console/me/AnswersPage.vue") },
  { path: "/questions", component: () => import("./console/me/QuestionsPage.vue") },
  { path: "/saved/:kind(favourite|later)", component: () => import("./console/me/SavedPage.vue") },
  { path: "/me", component: () => import("./console/me/MePage.vue") },
  { path: "/reviews/:position?", component: () => import("./console/reviews/ReviewsPage.vue"), meta: { console: true } },
  { path: "/exceptions", component: () => import("./console/reviews/ExceptionsPage.vue"), meta: { console: true } },
  { path: "/figures", component: () => import("./console/reviews/FiguresPage.vue"), meta: { console: true } },
  { path: "/issued", component: () => import("./console/notices/IssuedPage.vue"), meta: { console: true } },
  { path: "/issued/new", component: () => import("./console/notices/WritePage.vue"), meta: { console: true } },
  { path: "/issued/:id", component: () => import("./console/notices/RosterPage.vue"), meta: { console: true } },
  { path: "/issued/:id/text", component: () => import("./console/notices/WritePage.vue"), meta: { console: true } },
  { path: "/frozen", component: () => import("./console/frozen/FrozenPage.vue"), meta: { console: true } },
  { path: "/register", component: () => import("./console/register/RegisterPage.vue"), meta: { console: true } },
  { path: "/clauses", component: () => import("./console/policy/CoveragePage.vue"), meta: { console: true } },
  { path: "/clauses/:id", component: () => import("./console/policy/ClausePage.vue"), meta: { console: true } },
  { path: "/pack", component: () => import("./console/policy/PackPage.vue"), meta: { console: true } },
  { path: "/templates", component: () => import("./console/templates/TemplatesPage.vue"), meta: { console: true } },
  { path: "/rules", component: () => import("./console/rules/RulesPage.vue"), meta: { console: true } },
  { path: "/barriers", component: () => import("./console/barriers/BarriersPage.vue"), meta: { console: true } },
  { path: "/webhooks", component: () => import("./console/webhooks/WebhooksPage.vue"), meta: { console: true } },
  { path: "/ledger", component: () => import("./console/proof/LedgerPage.vue"), meta: { console: true } },
  { path: "/proof/:position(\\d+)", component: () => import("./console/proof/ProofPage.vue"), meta: { console: true } },
  { path: "/outages", component: () => import("./console/outages/OutagesPage.vue"), meta: { console: true } },
  { path: "/directory", component: () => import("./console/directory/DirectoryPage.vue"), meta: { console: true } },
  { path: "/accounts", component: () => import("./console/directory/AccountsPage.vue"), meta: { console: true } },
  { path: "/login", component: () => import("./door/LoginPage.vue"), meta: { door: true } },
  { path: "/activate", component: () => import("./door/ActivatePage.vue"), meta: { door: true } },
  { path: "/setup", component: () => import("./door/SetupPage.vue"), meta: { door: true } },
  { path: "/:rest(.*)*", component: () => import("./console/MissingPage.vue") },
];

export const router = followBack(() => createRouter({ history: createWebHistory(), routes }));

async function setupNeeded(): Promise<boolean> {
  try {
    return (await get<Setup>("/setup")).needed;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

let opening = true;
router.beforeEach(async (to) => {
  const first = opening;
  opening = false;
  if (to.meta.door) {
    // The page has asked for it ahead (index.html): left untaken, that answer would stand for the one after signing in.
    if (first) get("/start").catch(() => undefined);
    if (first && to.path !== "/setup" && (await setupNeeded())) return "/setup";
    return true;
  }
  try {
    if ((await loadMe()) !== null) {
      void start();
      return true;
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // The login page says so (`startError`), for nobody is known to be signed in.
  }
  if (await setupNeeded()) return "/setup";
  return { path: "/login", query: to.path === "/" || to.path === "/chat" ? {} : { next: to.fullPath } };
});

/** The page is loaded anew, for what it read of one person must not meet another: neither what it holds nor what is still on its way. */
whenSessionEnds((other, lost) => {
  const now = router.currentRoute.value;
  if (other) location.reload();
  else if (!now.meta.door) location.replace(router.resolve({ path: "/login", query: { next: now.fullPath, ...(lost > 0 && { lost }) } }).href);
});
