import { computed, reactive, ref, shallowRef, watch } from "vue";
import { ApiError, get, post } from "../../api/client.ts";
import type { Application, ApplicationOptions, GroupKind, NameProblem, PersonMark } from "../../api/types.ts";
import { t } from "../../i18n/base.ts";
import { w } from "../../i18n/work.ts";
import { me, myId } from "../../live/store.ts";

const KEY = "gj.apply";
interface Form {
  name: string; purpose: string; scope: string; class: string; level: string; kind: GroupKind; tool: string; end_date: string; rules: string;
  owner: PersonMark[]; administrators: PersonMark[]; members: PersonMark[];
}

function draft(): Partial<Form> {
  try {
    return JSON.parse(localStorage.getItem(`${KEY}.${myId()}`) ?? "{}") as Partial<Form>;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The application being written: kept on this device until it is submitted; the name is judged by the server while one types. */
export function useApply() {
  const options = shallowRef<ApplicationOptions | null>(null);
  const failed = shallowRef<ApiError | null>(null);
  const form = reactive<Form>({
    name: "", purpose: "", scope: "", class: "", level: "", kind: "internal", tool: "", end_date: "", rules: "",
    owner: me.value ? [me.value.person] : [], administrators: [], members: [], ...draft(),
  });
  const problems = shallowRef<{ of: string; list: NameProblem[] } | null>(null);
  watch(form, (now) => localStorage.setItem(`${KEY}.${myId()}`, JSON.stringify(now)));

  async function load(): Promise<void> {
    failed.value = null;
    try {
      options.value = await get<ApplicationOptions>("/applications/options");
      const { classes, levels } = options.value;
      if (!classes.some((one) => one.id === form.class)) form.class = classes[0]?.id ?? "";
      if (!levels.some((one) => one.id === form.level)) form.level = levels[0]?.id ?? "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed.value = error;
    }
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  const key = (): string => JSON.stringify([form.name.trim(), form.class, form.kind]);
  watch(key, (of) => {
    clearTimeout(timer);
    if (!form.name.trim() || !form.class) {
      problems.value = null;
      return;
    }
    timer = setTimeout(async () => {
      try {
        const found = await post<{ problems: NameProblem[] }>("/applications/check", { name: form.name.trim(), class: form.class, kind: form.kind });
        if (of === key()) problems.value = { of, list: found.problems };
      } catch (error) {
        // The check while typing is a help; the same rule is applied when the form is submitted.
        if (!(error instanceof ApiError)) throw error;
      }
    }, 350);
  }, { immediate: true });
  const nameProblems = computed(() => (problems.value?.of === key() ? problems.value.list : null));

  const few = computed(() => options.value?.administrators ?? { min: 1, max: 2 });
  const needsRules = computed(() => form.kind === "internal" && options.value?.rules_signed !== false);
  const missing = computed(() => {
    const out: string[] = [];
    if (!form.name.trim()) out.push(w("f.name"));
    if (!form.purpose.trim()) out.push(w("f.purpose"));
    if (!form.scope.trim()) out.push(w("f.scope"));
    if (form.owner.length === 0) out.push(w("f.owner"));
    if (form.administrators.length < few.value.min || form.administrators.length > few.value.max) out.push(w("f.administrators"));
    if (form.kind === "external_tool" && !form.tool) out.push(w("f.tool"));
    if (needsRules.value && !form.rules.trim()) out.push(w("f.rules"));
    return out;
  });
  const missingWords = computed(() => w("apply.missing", { n: missing.value.length, what: missing.value.join(t("word.and")) }));
  const touched = ref(false);

  async function submit(): Promise<Application> {
    const { owner, administrators, members, tool, end_date, ...plain } = form;
    const made = await post<Application>("/applications", {
      ...plain, name: form.name.trim(), tool: form.kind === "external_tool" ? tool : null, end_date: end_date || null, owner_id: owner[0]?.id ?? "",
      administrator_ids: administrators.map((one) => one.id), member_ids: members.map((one) => one.id),
    });
    localStorage.removeItem(`${KEY}.${myId()}`);
    return made;
  }
  return { options, failed, form, load, nameProblems, few, missing, missingWords, touched, submit };
}
