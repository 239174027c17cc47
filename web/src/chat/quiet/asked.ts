import { shallowRef } from "vue";
import type { Body } from "../../api/types.ts";

/** What is to be sent as urgent. */
export const askedUrgent = shallowRef<{ group: string; body: Body; done: (body: Body) => void } | null>(null);
/** Whose call is looked at: who has confirmed it. */
export const askedCall = shallowRef<{ group: string; position: number } | null>(null);
