import { computed, reactive, ref, shallowRef, watch } from "vue";
import { ApiError, at, get, post } from "../../api/client.ts";
import type { NoticeAudience, NoticeOptions, NoticePreview, OpenedNotice } from "../../api/notices.ts";
import type { PersonMark } from "../../api/types.ts";
import { t } from "../../i18n/base.ts";
import { nt } from "../../i18n/notices.ts";
import { myId } from "../../live/store.ts";

export interface WrittenQuestion { text: string; choices: string[]; right: number[] }
interface Form {
  title: string; text: string; questions: WrittenQuestion[]; hours: number; units: string[]; posts: string[]; groups: string[]; people: PersonMark[];
  editorial: boolean; reason: string;
}
const KEY = "gj.notice";

function draft(): Partial<Form> {
  try {
    return JSON.parse(localStorage.getItem(`${KEY}.${myId()}`) ?? "{}") as Partial<Form>;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** A notice being written, or another text of the one with the id `of`. A new one is kept on this device until it is published. */
export function useWrite(of: string | null) {
  const options = shallowRef<NoticeOptions | null>(null);
  const failed = shallowRef<ApiError | null>(null);
  const form = reactive<Form>({ title: "", text: "", questions: [], hours: 0, units: [], posts: [], groups: [], people: [], editorial: false, reason: "", ...(of === null ? draft() : {}) });
  if (of === null) watch(form, (now) => localStorage.setItem(`${KEY}.${myId()}`, JSON.stringify(now)));

  async function load(): Promise<void> {
    failed.value = null;
    try {
      const [found, before] = await Promise.all([get<NoticeOptions>("/notices/options"), of === null ? null : get<OpenedNotice>(`/notices/${at(of)}`)]);
      if (before) Object.assign(form, { title: before.title, text: before.text, questions: before.questions.map(({ text, choices, right }) => ({ text, choices, right: right ?? [] })) });
      if (form.hours < 1 || form.hours > found.hours.most) form.hours = found.hours.usual;
      options.value = found;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed.value = error;
    }
  }

  const audience = computed<NoticeAudience>(() => ({ unit_ids: form.units, posts: form.posts, group_ids: form.groups, person_ids: form.people.map((one) => one.id) }));
  const chosen = computed(() => Object.values(audience.value).some((one) => one.length > 0));
  const preview = shallowRef<{ of: string; found: NoticePreview | null; error: ApiError | null } | null>(null);
  const key = (): string => JSON.stringify([audience.value, form.hours]);
  async function look(): Promise<NoticePreview | null> {
    const asked = key();
    try {
      const found = await post<NoticePreview>("/notices/preview", { to: audience.value, deadline_hours: form.hours });
      if (asked === key()) preview.value = { of: asked, found, error: null };
      return found;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (asked === key()) preview.value = { of: asked, found: null, error };
      return null;
    }
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch([key, options], () => {
    clearTimeout(timer);
    if (of === null && chosen.value && options.value !== null) timer = setTimeout(() => void look(), 300);
    else preview.value = null;
  }, { immediate: true });

  const badQuestion = (one: WrittenQuestion): boolean =>
    !one.text.trim() || one.choices.some((each) => !each.trim()) || one.right.length === 0 || one.right.length === one.choices.length;
  const missing = computed(() => {
    const out: string[] = [];
    if (!form.title.trim()) out.push(nt("f.title"));
    if (!form.text.trim()) out.push(nt("f.text"));
    if (of === null && !chosen.value) out.push(nt("f.to"));
    if (of !== null && form.editorial && !form.reason.trim()) out.push(nt("edit.reason"));
    form.questions.forEach((one, n) => badQuestion(one) && out.push(nt("quiz.question", { n: n + 1 })));
    return out;
  });
  const missingWords = computed(() => nt("missing", { what: missing.value.join(t("word.and")) }));
  const touched = ref(false);
  const said = (): Record<string, unknown> => ({
    title: form.title.trim(), text: form.text.trim(), deadline_hours: form.hours,
    questions: form.questions.map((one) => ({ text: one.text.trim(), choices: one.choices.map((each) => each.trim()), right: one.right })),
  });
  async function publish(people: number): Promise<OpenedNotice> {
    const made = await post<OpenedNotice>("/notices", { ...said(), to: audience.value, people });
    localStorage.removeItem(`${KEY}.${myId()}`);
    return made;
  }
  const revise = (): Promise<OpenedNotice> => post<OpenedNotice>(`/notices/${at(of ?? "")}/versions`, { ...said(), editorial: form.editorial, reason: form.reason.trim() });
  return { options, failed, form, load, preview, look, missing, missingWords, touched, publish, revise };
}
