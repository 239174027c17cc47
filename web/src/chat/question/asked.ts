import { shallowRef } from "vue";
import type { Message } from "../../api/types.ts";

/** Which message a question is raised about, or an error reported. */
export const raising = shallowRef<{ group: string; message: Message; error: boolean } | null>(null);
