/**
 * Notifications of work that waits for me, while nobody looks at the page: what they say the server has settled, and the worker
 * has the words. They go away once nothing of the kind waits any more.
 */
import { watch } from "vue";
import { lang } from "../i18n/index.ts";
import { calls } from "../live/calls.ts";
import { me, state } from "../live/store.ts";
import { onWork } from "../live/work.ts";
import { sound } from "../ui/look.ts";
import { chime } from "./chime.ts";
import { registration } from "./worker.ts";

/** By the beginning of their tags: how much of it waits. */
const WAITS: Readonly<Record<string, () => number>> = {
  "work:notices": () => state.value.todo.notices,
  "work:missing": () => me.value?.todo.late_notices ?? 0,
  "work:approvals": () => state.value.todo.approvals,
  "work:answers": () => me.value?.todo.answers ?? 0,
  "work:late": () => me.value?.todo.late ?? 0,
  "work:questions": () => me.value?.todo.questions ?? 0,
  "call:": () => calls.value.length,
};

async function takeBack(tag: string): Promise<void> {
  const found = (await registration()?.getNotifications()) ?? [];
  for (const one of found) if (one.tag.startsWith(tag)) one.close();
}

/** Begins with the page, for as long as it lives. */
export function followWork(isSeen: () => boolean): void {
  onWork((said) => {
    const by = registration()?.active;
    if (!by || isSeen()) return;
    chime();
    by.postMessage({ tell: { ...said, lang: lang.value }, silent: sound.value !== "system" });
  });
  for (const [tag, waits] of Object.entries(WAITS)) watch(waits, (now, before) => void (now === 0 && before > 0 && takeBack(tag)));
}
