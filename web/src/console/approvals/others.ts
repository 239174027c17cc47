/** What waits for me elsewhere than among the requests: each leads to where it is done. */
import { computed } from "vue";
import type { Notice } from "../../api/notices.ts";
import type { ApprovalRequest } from "../../api/types.ts";
import { t } from "../../i18n/base.ts";
import { w } from "../../i18n/work.ts";
import { me, state, toAnswer, toQuestion } from "../../live/store.ts";
import { waitingStep } from "./subject.ts";

export const others = computed(() => {
  const groups = (me.value?.todo.groups ?? []).map((one) => {
    const what = [one.joining && w("other.joining", { n: one.joining }), one.leaving && w("other.leaving", { n: one.leaving }), one.flagged && w("other.flagged", { n: one.flagged })];
    return { to: `/chat/${one.group}?info=1`, name: state.value.conversations[one.group]?.group.short_name ?? "", what: what.filter(Boolean).join(w("other.and")) };
  });
  const pages = [
    { to: "/questions", name: t("page.questions"), n: toQuestion.value },
    { to: "/answers", name: t("page.answers"), n: toAnswer.value },
    { to: "/reviews", name: t("page.reviews"), n: state.value.todo.reviews },
    { to: "/outages", name: t("page.outages"), n: me.value?.todo.outages ?? 0 },
  ];
  return [...groups, ...pages.filter((one) => one.n > 0).map((one) => ({ ...one, what: w("other.wait", { n: one.n }) }))];
});

export type Due = { request: ApprovalRequest; notice: null } | { request: null; notice: Notice };
const dueAt = (one: Due): number => (one.request ? waitingStep(one.request)?.due_at : one.notice.due_at) ?? Infinity;

/** Requests and notices in one list, the nearest deadline first, what has none at the end. */
export function byDeadline(requests: readonly ApprovalRequest[], notices: readonly Notice[]): Due[] {
  const all: Due[] = [...requests.map((request) => ({ request, notice: null })), ...notices.map((notice) => ({ request: null, notice }))];
  return all.sort((a, b) => (dueAt(a) === dueAt(b) ? 0 : dueAt(a) - dueAt(b)));
}
