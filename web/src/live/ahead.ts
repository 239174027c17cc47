/** Fetches the newest messages of the groups that moved last, and whom one may phone, for when the server cannot be reached. */
import { ApiError } from "../api/client.ts";
import { keepContacts } from "./contacts.ts";
import { ordered } from "./reducer.ts";
import { link, state } from "./store.ts";
import { openTimeline } from "./timelines.ts";

const MOST = 8;

export async function fetchAhead(may: (group: string) => boolean): Promise<void> {
  void keepContacts();
  const newest = ordered(state.value.conversations).filter((one) => may(one.group.id) && one.group.kind === "internal").slice(0, MOST);
  for (const { group } of newest) {
    const reads = ["active", "leaving_requested"].includes(state.value.conversations[group.id]?.group.me?.state ?? "");
    if (!reads || link.value !== "online" || document.visibilityState !== "visible") continue;
    try {
      await openTimeline(group.id);
    } catch (error) {
      // It is fetched when it is opened.
      if (!(error instanceof ApiError)) throw error;
    }
  }
}
