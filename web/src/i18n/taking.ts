import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Taking a message down where it is read apart from its group. */
const TAKING = {
  "do": ["撤下", "撤下", "Take down"],
  "about": ["群里不再显示这条消息。", "群裡不再顯示這則訊息。", "The group is not shown it any more."],
  "title": ["撤下这条消息", "撤下這則訊息", "Take this message down"],
  "help": [
    "群里会留下一条说明：谁撤下、什么理由，全群都看得到。原文不再显示，封存副本留在账本里，可以举证。撤下后不能恢复。",
    "群裡會留下一則說明：誰撤下、什麼理由，全群都看得到。原文不再顯示，封存副本留在帳本裡，可以舉證。撤下後不能恢復。",
    "A note stays in the group that says who took it down and why; everybody there sees it. The text is shown no more; a sealed copy stays in the ledger and can be proved. It cannot be undone.",
  ],
  "done": ["{who} 于 {time} 撤下", "{who} 於 {time} 撤下", "Taken down by {who}, {time}"],
  "back": ["{who} 于 {time} 撤回。", "{who} 於 {time} 收回。", "Recalled by {who}, {time}."],
  "down": ["{who} 于 {time} 撤下。", "{who} 於 {time} 撤下。", "Taken down by {who}, {time}."],
  "reason": ["，理由：{reason}。", "，理由：{reason}。", ", reason: {reason}."],
  "kept": ["群里留有说明，封存副本留在账本里。", "群裡留有說明，封存副本留在帳本裡。", "The group has a note of it; a sealed copy stays in the ledger."],
} as const satisfies Record<string, Triple>;
export const td = lookup(TAKING);
