import { ref, shallowRef, watch } from "vue";
import type { Ref, ShallowRef } from "vue";
import { ApiError, at, del, get, put } from "../api/client.ts";
import type { DirectAnswer } from "../api/direct.ts";

export interface Peer { answer: ShallowRef<DirectAnswer | null>; refusal: ShallowRef<ApiError | null>; ask: () => Promise<void>; asked: Ref<boolean> }

const turned = ref(0);
/** Block somebody, or take it back; all that shows them here asks again. Throws the refusal. */
export async function setBlock(person: string, on: boolean): Promise<void> {
  const path = `/blocks/${at(person)}`;
  await (on ? put(path, {}) : del(path));
  turned.value++;
}

/** What the server says about writing to the person whom `person` names; asked again when another is named. */
export function usePeer(person: () => string | null): Peer {
  const answer = shallowRef<DirectAnswer | null>(null);
  const refusal = shallowRef<ApiError | null>(null);
  const asked = ref(false);
  let turn = 0;
  async function ask(): Promise<void> {
    const id = person(), mine = ++turn;
    if (id === null) return;
    try {
      const found = await get<DirectAnswer>(`/direct/${at(id)}`);
      // Another person is named meanwhile, or it was asked again.
      if (mine !== turn) return;
      answer.value = found;
      refusal.value = found.refusal === null ? null : new ApiError(403, found.refusal.code, found.refusal.message, found.refusal.data);
      asked.value = true;
    } catch (error) {
      // Without an answer one may try: the server says no in its own words.
      if (!(error instanceof ApiError)) throw error;
    }
  }
  watch(person, () => {
    answer.value = refusal.value = null;
    asked.value = false;
    void ask();
  }, { immediate: true });
  watch(turned, ask);
  return { answer, refusal, ask, asked };
}
