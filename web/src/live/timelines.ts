/** Fills the timelines of the state, page by page. */
import { get } from "../api/client.ts";
import type { Item, MessagePage } from "../api/types.ts";
import { caughtUp, readWith } from "./recent.ts";
import { reads } from "./reducer.ts";
import { state } from "./store.ts";

const PAGE = 60;

/** A page of messages as it is at the state's position; what is beyond that the state takes in itself. Throws ApiError. */
async function pageOf(group: string, where: string): Promise<MessagePage> {
  const [page, later] = await readWith(() => get<MessagePage>(`/groups/${group}/messages?${where}limit=${PAGE}`));
  return { ...page, items: caughtUp(page.items, group, later.filter((one) => one.position <= state.value.position)) };
}

function put(group: string, items: Item[], more: boolean): void {
  state.value = { ...state.value, timelines: { ...state.value.timelines, [group]: { items, more } } };
}

/** Fetches the newest page of a group if its timeline is not loaded. Throws ApiError. */
export async function openTimeline(group: string): Promise<void> {
  if (state.value.timelines[group] !== undefined) return;
  const { items, more } = await pageOf(group, "");
  // It may have been fetched by another, with older pages, or be no longer mine to read.
  if (state.value.timelines[group] === undefined && reads(state.value.conversations[group]?.group.me?.state)) put(group, items, more);
}

/** Fetches the page before what is shown. Throws ApiError. */
export async function loadOlder(group: string): Promise<void> {
  const timeline = state.value.timelines[group];
  const first = timeline?.items[0];
  if (!timeline?.more || first === undefined) return;
  const page = await pageOf(group, `before=${first.position}&`);
  const now = state.value.timelines[group];
  // It may have been read anew: what lies between is not at hand then.
  if (now?.items[0]?.position !== first.position) return;
  const known = new Set(now.items.map((one) => one.position));
  put(group, [...page.items.filter((one) => !known.has(one.position)), ...now.items], page.more);
}
