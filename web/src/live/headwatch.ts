/** Asks the ledger, in the background, to prove that its past is the one this browser has seen. The verifying code is loaded only then. */
import { shallowRef } from "vue";
import { ApiError, get } from "../api/client.ts";
import type { LedgerHead } from "../api/types.ts";
import type { Alarm, HeadResult, Kept } from "../lib/proof/head.ts";

const KEPT = "gj.ledger.head";
const ALARM = "gj.ledger.alarm";

function stored<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Stays until a person who asked the auditors removes it: a reload must not silence it. */
export const alarm = shallowRef<Alarm | null>(stored<Alarm>(ALARM));
export const kept = (): Kept | null => stored<Kept>(KEPT);

let busy = false;
let lastRun = 0;
const PAUSE_MS = 60_000;

export function watchHead(size: number): void {
  const before = kept();
  const smaller = before !== null && size < Number(before.size);
  if (busy || (!smaller && Date.now() - lastRun < PAUSE_MS)) return;
  setTimeout(() => void compareHead().catch(() => undefined), smaller ? 0 : 2500);
}

/** Fetches the head with a proof from the kept one, judges it, and keeps it or raises the alarm. Throws ApiError when it cannot be read. */
export async function compareHead(): Promise<HeadResult> {
  busy = true;
  lastRun = Date.now();
  try {
    const result = await judged(kept());
    if (result.ok) localStorage.setItem(KEPT, JSON.stringify(result.kept));
    else raise(result.alarm);
    return result;
  } finally {
    busy = false;
  }
}

/** What the server's head of this moment is to a head that was seen `before`. */
async function judged(before: Kept | null): Promise<HeadResult> {
  const { judgeHead, smallerAlarm } = await import("../lib/proof/head.ts");
  try {
    const [{ vkey }, head] = await Promise.all([
      get<{ vkey: string }>("/ledger/key"),
      get<LedgerHead>(`/ledger/head${before ? `?since=${before.size}` : ""}`),
    ]);
    return judgeHead(before, vkey, head, Date.now());
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "ledger.smaller_than_kept") throw error;
    return { ok: false, alarm: smallerAlarm(before, `${before?.size ?? "?"} -> ${String(error.data["size"] ?? "?")}`, Date.now()) };
  }
}

function raise(one: Alarm): void {
  localStorage.setItem(ALARM, JSON.stringify(one));
  alarm.value = one;
}

const TRIES = 8;

/**
 * Judges a signed head that came with a proof: one tree must begin with all of it and with all of the kept head. Raises the alarm when
 * none does. Throws ApiError when it cannot be settled, for the ledger grew between every two questions.
 */
export async function compareShown(shown: Kept): Promise<HeadResult> {
  for (let tries = 0; tries < TRIES; tries++) {
    const [now, from] = await Promise.all([compareHead(), judged(shown)]);
    if (!now.ok) return now;
    const forked = from.ok && from.kept.size === now.kept.size && from.kept.root !== now.kept.root;
    if (from.ok && !forked && from.kept.size === now.kept.size) return now;
    if (from.ok && !forked) continue;
    const why = from.ok ? { reason: "inconsistent" as const, detail: `${from.kept.root} / ${now.kept.root}` } : from.alarm;
    const found: Alarm = { reason: why.reason, detail: why.detail, kept: now.kept, shown: shown.note, at: Date.now() };
    raise(found);
    return { ok: false, alarm: found };
  }
  throw new ApiError(503, "ledger.unsettled", "The ledger grew between every two questions.", {});
}

/** Forgets the kept head and the alarm: the next head is taken as a first one. */
export function trustAgain(): void {
  localStorage.removeItem(KEPT);
  localStorage.removeItem(ALARM);
  alarm.value = null;
  lastRun = 0;
}
