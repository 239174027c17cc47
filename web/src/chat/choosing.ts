/** What can be done with several messages at once. Another act is another entry of `ACTS`. */
import { put } from "../api/client.ts";
import type { MessageItem } from "../api/types.ts";
import { c } from "../i18n/chat.ts";
import { u } from "../i18n/unsent.ts";
import { clock, dayKey } from "../lib/time.ts";
import { fileLine } from "../ui/files/marks.ts";
import { copyText } from "../ui/copy.ts";
import { openForward } from "./forward/asked.ts";

export interface ChosenAct {
  id: string;
  icon: string;
  label: () => string;
  /** Does it with the messages, oldest first, and gives what to tell; the choosing then ends. Throws ApiError, and it goes on. */
  run: (items: readonly MessageItem[]) => Promise<string>;
}

/** Who said what and when, one message after the other. */
export function asText(items: readonly MessageItem[]): string {
  return items.map((one) => `${one.message.sender.name}  ${dayKey(one.message.at)} ${clock(one.message.at)}\n${one.message.text || fileLine(one.message)}`).join("\n\n");
}

const forwards = (id: string, icon: string, merged: boolean, label: () => string): ChosenAct => ({
  id, icon, label,
  run: async (items) => {
    const [first] = items;
    if (first) openForward(items.map((one) => one.position), merged, first.group);
    return "";
  },
});

export const ACTS: readonly ChosenAct[] = [
  forwards("each", "go", false, () => u("fw.each")),
  forwards("merge", "chat", true, () => u("fw.merge")),
  {
    id: "copy", icon: "copy", label: () => c("m.copy"),
    run: async (items) => {
      await copyText(asText(items));
      return c("ch.copied", { n: items.length });
    },
  },
  {
    id: "favourite", icon: "star", label: () => c("m.favourite"),
    run: async (items) => {
      for (const one of items) await put(`/saved/favourite/${one.position}`, undefined);
      return c("ch.kept", { n: items.length });
    },
  },
];
