/** Who in my groups cannot answer, and until when: read with each start, then followed. */
import { watch } from "vue";
import { ApiError, get } from "../api/client.ts";
import type { AbsenceList } from "../api/absences.ts";
import type { Item } from "../api/types.ts";
import { absences, movesCompany, withItems } from "../lib/absence.ts";
import { inOrder, readWith } from "./recent.ts";
import { link, onItems, starts, state } from "./store.ts";

const isNewer = inOrder();
let failed = false;

async function load(): Promise<void> {
  try {
    const [found, later] = await readWith(() => get<AbsenceList>("/absences"));
    if (!isNewer("", found.position)) return;
    const read = new Map(found.absences.flatMap((one) => (one.absence === null ? [] : [[one.person.id, { ...one, absence: one.absence }]])));
    absences.value = withItems(read, later);
    failed = false;
  } catch (error) {
    // It is an extra: the chat is shown without it.
    if (!(error instanceof ApiError)) throw error;
    failed = true;
  }
}

/** Who comes to a large group is told to all of it: they do not all ask in the same moment. */
const [SOON_MS, SPREAD_MS] = [500, 2000];
let asking: ReturnType<typeof setTimeout> | undefined;
watch(starts, (n) => n > 0 && void load(), { immediate: true });
watch(link, (now) => now === "online" && failed && void load());
/** Conversations of two in which something was written since the page came: by the first message each comes to see the other. */
const written = new Set<string>();
function begins(items: readonly Item[]): boolean {
  const before = written.size;
  for (const one of items) if ((one.kind === "messaging.sent" || one.kind === "messaging.released") && state.value.conversations[one.group]?.group.peer) written.add(one.group);
  return written.size > before;
}
onItems((items) => {
  absences.value = withItems(absences.value, items);
  if (![movesCompany(items), begins(items)].some(Boolean)) return;
  asking ??= setTimeout(() => {
    asking = undefined;
    void load();
  }, SOON_MS + Math.random() * SPREAD_MS);
});
