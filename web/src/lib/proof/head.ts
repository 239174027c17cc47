/** What this browser remembers of the ledger: the key it saw first and the last head. A server that shows another past is found out here. */
import type { LedgerHead } from "../../api/types.ts";
import { base64, hex, NoteError, openCheckpoint, parseVkey } from "./note.ts";
import type { Checkpoint } from "./note.ts";
import { EMPTY_ROOT, equal, ProofError, verifyConsistency } from "./merkle.ts";

export interface Kept { vkey: string; origin: string; size: string; root: string; note: string; seen_at: number }
export type AlarmReason = "smaller" | "inconsistent" | "key_changed" | "bad_signature" | "malformed";
export interface Alarm { reason: AlarmReason; detail: string; kept: Kept | null; shown: string; at: number }
export type HeadResult = { ok: true; kept: Kept; compared: boolean; grew: bigint } | { ok: false; alarm: Alarm };

/** A head in the form in which it is kept. */
export function keep(vkey: string, note: string, head: Checkpoint, at: number): Kept {
  return { vkey, origin: head.origin, size: String(head.size), root: hex(head.root), note, seen_at: at };
}

function unhex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (one) => Number.parseInt(one, 16));
}

/**
 * Judges the head that the server shows now against the one kept before. `consistency` is the proof from the kept size to the new
 * one. Without a kept head the first one is taken as it is, if its signature is right.
 */
export function judgeHead(kept: Kept | null, vkey: string, shown: LedgerHead, at: number): HeadResult {
  const alarm = (reason: AlarmReason, detail: string): HeadResult => ({ ok: false, alarm: { reason, detail, kept, shown: shown.checkpoint, at } });
  if (kept !== null && kept.vkey !== vkey) return alarm("key_changed", `${kept.vkey} -> ${vkey}`);
  let head: Checkpoint;
  let proof: Uint8Array[];
  try {
    head = openCheckpoint(shown.checkpoint, parseVkey(vkey));
    proof = (shown.consistency ?? []).map(base64);
  } catch (error) {
    if (error instanceof NoteError) return alarm("bad_signature", error.message);
    throw error;
  }
  if (head.size !== BigInt(shown.size)) return alarm("malformed", `size ${shown.size} outside, ${head.size} signed`);
  if (head.size === 0n && !equal(head.root, EMPTY_ROOT)) return alarm("malformed", "empty tree with a root");
  const now = keep(vkey, shown.checkpoint, head, at);
  if (kept === null || kept.size === "0") return { ok: true, kept: now, compared: false, grew: 0n };
  const before = BigInt(kept.size);
  if (head.size < before) return alarm("smaller", `${kept.size} -> ${head.size}`);
  try {
    verifyConsistency(before, head.size, unhex(kept.root), head.root, proof);
  } catch (error) {
    if (error instanceof ProofError) return alarm("inconsistent", error.message);
    throw error;
  }
  return { ok: true, kept: now, compared: true, grew: head.size - before };
}

/** The alarm for a server that says itself that its tree is smaller than the kept one. */
export function smallerAlarm(kept: Kept | null, detail: string, at: number): Alarm {
  return { reason: "smaller", detail, kept, shown: "", at };
}
