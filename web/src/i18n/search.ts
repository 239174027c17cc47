import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Looking for messages. */
export const SEARCH = {
  "title": ["搜索消息", "搜尋訊息", "Search messages"],
  "words": ["要找的话", "要找的話", "Words"],
  "hint": ["几个词用空格分开，简繁不限", "幾個詞用空格分開，簡繁不限", "Several words, with spaces between"],
  "where": ["哪里", "哪裡", "Where"],
  "everywhere": ["所有会话", "所有對話", "All conversations"],
  "who": ["谁说的", "誰說的", "Written by"],
  "from": ["从", "從", "From"],
  "to": ["到", "到", "To"],
  "files": ["只看带文件的", "只看帶檔案的", "With files only"],
  "more": ["更多条件", "更多條件", "More filters"],
  "do": ["搜索", "搜尋", "Search"],
  "begin": ["搜你能看到的消息", "搜尋你看得到的訊息", "Search what you can read"],
  "begin.more": ["按内容、人、日期或文件名。已撤回的、还在审核的不会出现。", "依內容、人、日期或檔名。已收回的、還在審核的不會出現。", "By words, writer, date or the name of a file. What was recalled or is under review is not found."],
  "none": ["没有找到", "沒有找到", "Nothing found"],
  "none.more": ["换个说法，或少写一个词。", "換個說法，或少寫一個詞。", "Try other words, or fewer."],
  "waiting": ["还在整理 {n} 个群较早的消息…", "還在整理 {n} 個群較早的訊息…", "Still reading older messages of {n} {n:group|groups}…"],
  "open": ["到这条消息：{who} {time}", "到這則訊息：{who} {time}", "Go to the message of {who}, {time}"],
} satisfies Record<string, Triple>;
export const s = lookup(SEARCH);
