/** What waits for me elsewhere than among the requests: each leads to where it is done. */
import { computed } from "vue";
import { t } from "../../i18n/base.ts";
import { w } from "../../i18n/work.ts";
import { me, state, toAnswer, toQuestion } from "../../live/store.ts";

export const others = computed(() => {
  const groups = (me.value?.todo.groups ?? []).map((one) => {
    const what = [one.joining && w("other.joining", { n: one.joining }), one.leaving && w("other.leaving", { n: one.leaving }), one.flagged && w("other.flagged", { n: one.flagged })];
    return { to: `/chat/${one.group}?info=1`, name: state.value.conversations[one.group]?.group.short_name ?? "", what: what.filter(Boolean).join(w("other.and")) };
  });
  const pages = [
    { to: "/questions", name: t("page.questions"), n: toQuestion.value },
    { to: "/answers", name: t("page.answers"), n: toAnswer.value },
    { to: "/reviews", name: t("page.reviews"), n: state.value.todo.reviews },
  ];
  return [...groups, ...pages.filter((one) => one.n > 0).map((one) => ({ ...one, what: w("other.wait", { n: one.n }) }))];
});
