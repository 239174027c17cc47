/**
 * Notifications of work that waits for me, while nobody looks at the page: what they say the server has settled, and the worker
 * has the words. They go away once nothing of the kind waits any more.
 */
import { watch } from "vue";
import { lang } from "../i18n/index.ts";
import { calls } from "../live/calls.ts";
import { device, me, ready, state } from "../live/store.ts";
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

async function takeBack(isOver: (tag: string) => boolean): Promise<void> {
  const found = (await registration()?.getNotifications()) ?? [];
  for (const one of found) if (isOver(one.tag)) one.close();
}
/** What came while the page was closed or not looked at, and has been done elsewhere meanwhile. */
function takeBackDone(): void {
  if (!ready.value || document.visibilityState !== "visible") return;
  const done = Object.entries(WAITS).flatMap(([tag, waits]) => (waits() === 0 ? [tag] : []));
  void takeBack((tag) => done.some((one) => tag.startsWith(one)));
}

/** Begins with the page, for as long as it lives. */
export function followWork(isSeen: () => boolean): void {
  onWork((said) => {
    const by = registration()?.active;
    if (!by || isSeen()) return;
    chime();
    by.postMessage({ tell: { ...said, lang: lang.value }, silent: sound.value !== "system" });
  });
  for (const [begins, waits] of Object.entries(WAITS)) watch(waits, (now, before) => void (now === 0 && before > 0 && takeBack((tag) => tag.startsWith(begins))));
  watch(ready, takeBackDone);
  document.addEventListener("visibilitychange", takeBackDone);
  // Whoever comes next at this browser is told nothing of mine.
  watch(() => device.value?.epoch, (now, before) => void (now === undefined && before !== undefined && takeBack(() => true)));
}
