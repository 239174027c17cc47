import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Blocking somebody's direct messages. */
const BLOCKS = {
  "do": ["屏蔽", "封鎖", "Block"],
  "undo": ["解除屏蔽", "解除封鎖", "Unblock"],
  "undo.of": ["解除屏蔽 {name}", "解除封鎖 {name}", "Unblock {name}"],
  "sheet": ["屏蔽{name}", "封鎖{name}", "Block {name}"],
  "sheet.help": ["屏蔽以后，你们之间不再收发一对一消息。", "封鎖以後，你們之間不再收發一對一訊息。", "You two no longer write to each other directly."],
  "sheet.told": ["对方再发时会看到“对方不接收你的一对一消息”。除此以外，没有人知道你屏蔽了谁。", "對方再傳時會看到「對方不接收你的一對一訊息」。除此以外，沒有人知道你封鎖了誰。", "When they write, they are told that you take no direct messages from them. Nobody else knows whom you block."],
  "sheet.groups": ["工作群不受影响，群里的消息照常收发。以前的消息都在。", "工作群不受影響，群裡的訊息照常收發。以前的訊息都在。", "Work groups go on as before, and what was said stays."],
  "sheet.undo": ["随时可以解除，名单在“我的账户”里。", "隨時可以解除，名單在「我的帳號」裡。", "Take it back at any time; the list is under My account."],
  "on": ["你屏蔽了对方的一对一消息。", "你封鎖了對方的一對一訊息。", "You block this person's direct messages."],
  "me": ["屏蔽的人", "封鎖的人", "People whom I block"],
  "me.help": ["你们之间不收发一对一消息；工作群不受影响。这份名单只有你看得到。", "你們之間不收發一對一訊息；工作群不受影響。這份名單只有你看得到。", "You do not write to each other directly; work groups are not concerned. Only you see this list."],
  "me.none": ["没有屏蔽谁。要屏蔽，在一对一的“聊天信息”或通讯录里。", "沒有封鎖誰。要封鎖，在一對一的「聊天資訊」或通訊錄裡。", "Nobody. Block somebody in the details of a direct conversation, or in the directory."],
  "me.since": ["{time}起", "{time}起", "since {time}"],
} as const satisfies Record<string, Triple>;

export const k = lookup(BLOCKS);
