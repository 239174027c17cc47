/** Whom I reach by another channel, as the server said it last; kept on this device while the rules let it, for when the line is down. */
import { effectScope, ref, shallowRef, watch } from "vue";
import { ApiError, at, get } from "../api/client.ts";
import type { Contact, ContactAnswer, ContactList } from "../api/contacts.ts";
import { KEPT, mayShow } from "../lib/contacts.ts";
import type { KeptContacts } from "../lib/contacts.ts";
import { within } from "./cupboard.ts";
import type { Mark } from "./kept.ts";
import { device, link, moved, myId, ready, resyncs } from "./store.ts";

const AGE_MS = 6 * 60 * 60 * 1000;
/** Other groups bring other colleagues; that is no hurry, and not for everybody in one moment. */
const [PAUSE_MS, SPREAD_MS] = [10 * 60 * 1000, 5000];
/** Those of now, by person; null until they were read on this page. */
export const contacts = shallowRef<ReadonlyMap<string, Contact> | null>(null);
let readAt = 0;
let asked: Promise<void> | null = null;

/** Reads them from the server and keeps them; one question at a time. What cannot be answered is asked again when it is wanted again. */
export function loadContacts(): Promise<void> {
  asked ??= read().finally(() => (asked = null));
  return asked;
}
async function read(): Promise<void> {
  const epoch = device.value?.epoch;
  try {
    const found = await get<ContactList>("/contacts");
    readAt = Date.now();
    contacts.value = new Map(found.contacts.map((one) => [one.id, one]));
    if (epoch !== undefined) await keep({ epoch, at: readAt, days: found.days, contacts: found.contacts });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Somebody who may not see them any more keeps none.
    if (error.status === 403) await forget();
  }
}

async function keep(now: KeptContacts): Promise<void> {
  await within("readwrite", async (shelf) => {
    const mark = await shelf.get<Mark>("mark", "mark");
    const ended = mark?.epoch === now.epoch && mark.ended;
    if (now.days > 0 && !ended && device.value?.epoch === now.epoch) shelf.put("mark", KEPT, now);
    else shelf.drop("mark", KEPT);
  });
}
const forget = (): Promise<null> => within("readwrite", (shelf) => {
  shelf.drop("mark", KEPT);
  return null;
});

/** What this device kept of them under the session of now; null when there is nothing that may be shown. */
export async function readKeptContacts(): Promise<KeptContacts | null> {
  const found = await within("readonly", (shelf) => shelf.get<KeptContacts>("mark", KEPT));
  if (!found) return null;
  if (mayShow(found, device.value?.epoch ?? "", Date.now())) return found;
  await forget();
  return null;
}

/** What was answered about each person on this page, and what is being asked. */
const answers = new Map<string, { at: number; answer: Promise<ContactAnswer> }>();
/** Counts how often what was answered has ceased to hold. */
export const contactsMoved = ref(0);
/** How somebody is reached, or why that is not mine to see; asked once, however many show it. Throws ApiError, and is asked again then. */
export function contactOf(person: string): Promise<ContactAnswer> {
  follow();
  const known = answers.get(person);
  // Nothing tells of a number that was changed.
  if (known && Date.now() - known.at < PAUSE_MS) return known.answer;
  const answer = get<ContactAnswer>(`/contacts/${at(person)}`);
  answers.set(person, { at: Date.now(), answer });
  answer.catch(() => answers.get(person)?.answer === answer && answers.delete(person));
  return answer;
}
/** Asks again about whoever is shown. */
export function dropContacts(): void {
  answers.clear();
  contactsMoved.value++;
}
/** Not for everybody in one moment. */
function refresh(): void {
  answers.clear();
  setTimeout(() => {
    contactsMoved.value++;
    void loadContacts();
  }, Math.random() * SPREAD_MS);
}

let follows = false;
function follow(): void {
  if (follows) return;
  follows = true;
  // As long as the page lives, whichever part of it has asked first.
  effectScope(true).run(() => {
    watch(() => Math.max(moved.value.policy, moved.value.barriers), refresh);
    watch(() => Object.keys(device.value?.groups ?? {}).sort().join(), () => {
      dropContacts();
      if (Date.now() - readAt > PAUSE_MS) void loadContacts();
    });
    watch(resyncs, dropContacts);
    watch(myId, () => answers.clear(), { flush: "sync" });
  });
}
/** Keeps them from now on, and reads them again when rules, barriers or groups have changed. */
export async function keepContacts(): Promise<void> {
  follow();
  if (contacts.value === null) {
    const kept = await readKeptContacts();
    if (kept !== null) [readAt, contacts.value] = [kept.at, new Map(kept.contacts.map((one) => [one.id, one]))];
  }
  if (ready.value && link.value === "online" && Date.now() - readAt >= AGE_MS) await loadContacts();
}
