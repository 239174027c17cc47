/** Who in my groups cannot answer, and until when: read with each start, then followed. */
import { watch } from "vue";
import { ApiError, get } from "../api/client.ts";
import type { AbsenceList } from "../api/absences.ts";
import { absences, movesCompany, withItems } from "../lib/absence.ts";
import { inOrder, readWith } from "./recent.ts";
import { link, onItems, starts } from "./store.ts";

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
onItems((items) => {
  absences.value = withItems(absences.value, items);
  if (!movesCompany(items)) return;
  asking ??= setTimeout(() => {
    asking = undefined;
    void load();
  }, SOON_MS + Math.random() * SPREAD_MS);
});
