import { shallowRef } from "vue";
import { ApiError, get } from "../../api/client.ts";
import type { LedgerProof } from "../../api/types.ts";
import type { Checked } from "../../lib/proof/check.ts";
import { checkProof, unchanged } from "../../lib/proof/check.ts";
import type { HeadResult } from "../../lib/proof/head.ts";
import { alarm, compareHead, kept } from "../../live/headwatch.ts";

export interface Verdict { ok: boolean; proof: LedgerProof; checked: Checked; head: HeadResult; before: string | null; vkey: string }

/** Loads a proof and judges it here: the entry, its place, the signature, and the ledger as a whole against what this browser kept. */
export function useProof() {
  const verdict = shallowRef<Verdict | null>(null);
  const error = shallowRef<ApiError | null>(null);

  async function load(position: number): Promise<void> {
    verdict.value = null;
    error.value = null;
    try {
      const before = kept();
      const head = await compareHead();
      const [proof, { vkey: shown }] = await Promise.all([get<LedgerProof>(`/ledger/proof/${position}`), get<{ vkey: string }>("/ledger/key")]);
      const vkey = before?.vkey ?? shown;
      const checked = checkProof(position, proof, vkey);
      // The proof's own head may be older than the one just compared, never newer and never another root for the same size.
      const now = head.ok ? head.kept : null;
      const same = now === null || checked.head === null || checked.head.size !== BigInt(now.size) || hexOf(checked.head.root) === now.root;
      verdict.value = { ok: unchanged(checked) && head.ok && same && alarm.value === null, proof, checked, head, before: before?.size ?? null, vkey };
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      error.value = problem;
    }
  }
  return { verdict, error, load };
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
