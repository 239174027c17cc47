/** The words of one line: of a system line in the timeline, and of the last message in the list. */
import type { Conversation, Item, Named, SystemItem } from "../api/types.ts";
import { c } from "../i18n/chat.ts";
import { o } from "../i18n/order.ts";
import { u } from "../i18n/unsent.ts";
import { fileLine } from "../ui/files/marks.ts";
import { oneLine } from "../lib/markdown.ts";
import { isMessage } from "../live/reducer.ts";
import { state } from "../live/store.ts";

const MEMBER_LINE = {
  active: "sys.active", must_sign: "sys.must_sign", invited: "sys.invited", under_review: "sys.under_review",
  leaving_requested: "sys.leaving_requested", left: "sys.left", removed: "sys.removed",
} as const;

export function systemLine(item: SystemItem, no: string): string {
  const actor = item.actor?.name ?? "";
  switch (item.kind) {
    case "groups.registered":
      return actor ? c("sys.registered", { actor, no }) : c("sys.registered.plain", { no });
    case "groups.direct_opened":
      return c("sys.direct");
    case "groups.rules_published":
      return c("sys.rules", { n: item.version });
    case "groups.changed":
      if (item.what === "publishers" || item.what === "topics" || item.what === "hours") return o(`sys.${item.what}`);
      return c(item.what === "closed" ? "sys.closed" : item.what === "owner" ? "sys.owner" : "sys.administrators");
    case "groups.member_changed": {
      const person = item.person.name;
      if (item.stays) return c("sys.stays", { actor }) + (item.reason ? c("sys.reason", { reason: item.reason }) : "");
      // Nobody else has this line.
      if (item.state === "leaving_requested") return c("sys.leaving_requested");
      const byOther = item.actor !== null && item.actor.id !== item.person.id;
      const line = item.state === "active" && byOther ? c("sys.admitted", { actor, person }) : c(MEMBER_LINE[item.state], { actor, person });
      return item.reason ? line + c("sys.reason", { reason: item.reason }) : line;
    }
  }
}

/** Who took a message back, or took down what somebody else wrote, as the reader would say it. */
export function recalledLine(by: Named | null, author: Named, me: string): string {
  const who = by?.name ?? "";
  if (by === null || by.id === author.id) return by?.id === me ? c("m.recalled.me") : c("m.recalled", { who });
  if (by.id === me) return c("m.taken_down.by_me", { author: author.name });
  return author.id === me ? c("m.taken_down.mine", { who }) : c("m.taken_down", { who, author: author.name });
}

/** What the list shows under a group's name. */
export function lastLine(conversation: Conversation, me: string): string {
  const { tool } = conversation.group;
  if (tool !== null) return c("cv.external", { tool });
  const last: Item | null = conversation.last;
  if (last === null) return c("cv.nothing");
  if (!isMessage(last)) return "";
  if (last.message.recalled) return recalledLine(last.message.recalled.by, last.message.sender, me);
  const items = last.message.forward?.items ?? [];
  const carried = items.length > 1 ? u("fw.line") : (items[0]?.text ?? "");
  const who = last.message.sender.id === me ? c("cv.mine") : last.message.sender.name;
  return who + c("colon") + ((oneLine(carried) + oneLine(last.message.text, last.message.spans)) || oneLine(fileLine(last.message)));
}

/** What a reply says of its thread where it stands in the timeline. */
export function threadLine(group: string, root: number): string {
  const found = state.value.timelines[group]?.items.find((one) => isMessage(one) && one.message.position === root);
  if (found === undefined || !isMessage(found) || found.message.recalled) return c("th.reply");
  return c("th.reply.to", { who: found.message.sender.name, text: oneLine(found.message.text, found.message.spans) || fileLine(found.message) });
}
