import { shallowRef } from "vue";
import type { Body } from "../../api/types.ts";

/** What the sheet of scheduled messages was opened for: to look at them, or to choose a time for a new one. */
export type Asked = { fresh: null } | { fresh: { group: string; body: Body; done: (body: Body) => void } };
export const askedLater = shallowRef<Asked | null>(null);
