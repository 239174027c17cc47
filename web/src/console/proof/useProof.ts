import { shallowRef } from "vue";
import { ApiError, get } from "../../api/client.ts";
import type { LedgerProof } from "../../api/types.ts";
import type { Checked } from "../../lib/proof/check.ts";
import { checkProof, unchanged } from "../../lib/proof/check.ts";
import type { HeadResult } from "../../lib/proof/head.ts";
import { keep } from "../../lib/proof/head.ts";
import { alarm, compareHead, compareShown, kept } from "../../live/headwatch.ts";

export interface Verdict { ok: boolean; proof: LedgerProof; checked: Checked; head: HeadResult; before: string | null; vkey: string }

/** Loads a proof and judges it here: the entry, its place, the signature, and the ledger as a whole against what this browser kept. */
export function useProof() {
  const verdict = shallowRef<Verdict | null>(null);
  const error = shallowRef<ApiError | null>(null);

  /** `again`: what is shown of it stays until the answer has come, and so does where the reader stands. */
  async function load(position: number, again = false): Promise<void> {
    if (!again) verdict.value = null;
    error.value = null;
    try {
      const before = kept();
      let head = await compareHead();
      const [proof, { vkey: shown }] = await Promise.all([get<LedgerProof>(`/ledger/proof/${position}`), get<{ vkey: string }>("/ledger/key")]);
      const vkey = before?.vkey ?? shown;
      const checked = checkProof(position, proof, vkey);
      // The proof has a head of its own, of another size perhaps: signed as it is, it must be of the ledger that this browser knows.
      if (head.ok && checked.head !== null) {
        const shown = await compareShown(keep(vkey, proof.checkpoint, checked.head, Date.now()));
        if (!shown.ok) head = shown;
      }
      verdict.value = { ok: unchanged(checked) && head.ok && alarm.value === null, proof, checked, head, before: before?.size ?? null, vkey };
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      [verdict.value, error.value] = [null, problem];
    }
  }
  return { verdict, error, load };
}
