import { shallowRef } from "vue";
import type { Template } from "../../api/order.ts";

/** What somebody does about a message that is off topic or must stop. */
export type TopicAct = "move" | "flag" | "freeze";
/** A message by a template that is asked for: in which group, and after which template, if one is chosen already; `chosen` names one that is still to be read. */
export const askedTemplate = shallowRef<{ group: string; template: Template | null; chosen?: string } | null>(null);
