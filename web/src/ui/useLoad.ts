import { onBeforeUnmount, ref, shallowRef, watch } from "vue";
import type { Ref, ShallowRef } from "vue";
import { ApiError } from "../api/client.ts";
import { link } from "../lib/line.ts";

/** Whether there was no answer, or one that speaks only of the server itself. */
const isTrouble = (error: ApiError): boolean => error.status === 0 || error.status >= 500;
export interface Loaded<T> { data: ShallowRef<T | null>; error: ShallowRef<ApiError | null>; busy: Ref<boolean>; load: () => Promise<void> }

/** What a page reads: the last answer, the last failure, and whether it is reading. A late answer to an earlier question is dropped; what the server could not answer is asked again when the line is back. */
export function useLoad<T>(read: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const busy = ref(false);
  let turn = 0;
  const load = async (): Promise<void> => {
    const mine = ++turn;
    busy.value = true;
    try {
      const found = await read();
      if (mine !== turn) return;
      data.value = found;
      error.value = null;
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      if (mine === turn) error.value = problem;
    } finally {
      if (mine === turn) busy.value = false;
    }
  };
  watch(link, (now) => now === "online" && error.value && isTrouble(error.value) && void load());
  onBeforeUnmount(() => turn++);
  return { data, error, busy, load };
}

export interface Doing { busy: Ref<boolean>; error: ShallowRef<ApiError | null>; run: <T>(act: () => Promise<T>) => Promise<T | undefined> }

/** One act at a time: `run` returns undefined when it was refused, and `error` says why. */
export function useDo(): Doing {
  const busy = ref(false);
  const error = shallowRef<ApiError | null>(null);
  const run = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    if (busy.value) return undefined;
    busy.value = true;
    error.value = null;
    try {
      return await act();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      error.value = problem;
      return undefined;
    } finally {
      busy.value = false;
    }
  };
  return { busy, error, run };
}
