import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** The overlay of shortcuts. */
export const KEYS = {
  "title": ["快捷键", "快速鍵", "Shortcuts"],
  "help": ["不在输入时按 ? 打开这里。", "不在輸入時按 ? 開啟這裡。", "Press ? while not writing to open this."],
  "everywhere": ["各处", "各處", "Everywhere"],
  "list": ["会话列表", "對話列表", "Conversations"],
  "writing": ["写消息", "寫訊息", "Writing"],
  "talk": ["看消息", "看訊息", "Reading"],
  "jump": ["跳到群或页面", "跳至群或頁面", "Jump to a group or a page"],
  "this": ["快捷键", "快速鍵", "Shortcuts"],
  "unread": ["下一个、上一个有未读的会话", "下一個、上一個有未讀的對話", "Next, previous conversation with something unread"],
  "move": ["上下移动", "上下移動", "Move"],
  "open": ["打开", "開啟", "Open"],
  "send": ["发送", "傳送", "Send"],
  "line": ["换行", "換行", "Break the line"],
  "mention": ["提到某人或所有人", "提及某人或所有人", "Mention somebody or everyone"],
  "last": ["空输入框里：编辑自己最后一条", "空輸入框裡：編輯自己最後一則", "In an empty field: edit your last message"],
  "leave": ["退出编辑、引用、多选、话题", "離開編輯、引用、多選、討論串", "Leave editing, quoting, choosing, a thread"],
  "messages": ["焦点在消息里时：逐条移动", "焦點在訊息裡時：逐則移動", "Once in the messages: from one to the next"],
  "menu": ["消息菜单", "訊息選單", "Menu of a message"],
  "right": ["右键、长按", "右鍵、長按", "Right click, long press"],
} as const satisfies Record<string, Triple>;

export const k = lookup(KEYS);
