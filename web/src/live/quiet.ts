/** A message that has to wait for the end of quiet hours goes to those that wait for their time. */
import { ApiError, at, post } from "../api/client.ts";
import { bodyOf, drop, outbox } from "./outbox.ts";
import { loadScheduled } from "./scheduled.ts";

const SOONEST_MS = 90_000;

export async function waitFor(cmid: string, until: number): Promise<void> {
  const one = outbox.value.find((waiting) => waiting.cmid === cmid);
  if (one === undefined) return;
  try {
    await post(`/groups/${at(one.group)}/scheduled`, { cmid, body: bodyOf(one), at: Math.max(until, Date.now() + SOONEST_MS) });
    drop(cmid);
    await loadScheduled();
  } catch (error) {
    // It stays with its refusal, and can be sent again.
    if (!(error instanceof ApiError)) throw error;
  }
}
