import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Messages that ask for an answer. */
const ANSWERS = {
  "an.ask.help": ["被问到的人限时回复或确认已明白，逾期会告知其部门负责人。", "被問到的人限時回覆或確認已明白，逾期會告知其部門負責人。", "Those asked reply or confirm in time; the heads of their units are told of what is late."],
  "an.who": ["请谁回复", "請誰回覆", "Who is asked"],
  "an.everybody": ["全选", "全選", "Everybody"],
  "an.hours": ["期限（小时，不填按规定）", "期限（小時，不填按規定）", "Deadline in hours (empty: by the rules)"],
  "an.understood": ["已明白", "已明白", "Understood"],
  "an.declined": ["无法处理", "無法處理", "Cannot"],
  "an.delayed": ["推迟", "延後", "Later"],
  "an.replied": ["已回复", "已回覆", "Replied"],
  "an.open": ["未回复", "未回覆", "Not yet"],
  "an.gone": ["不再需要", "不再需要", "No longer asked"],
  "an.was_late": ["逾期", "逾期", "late"],
  "an.told": ["事先说明过", "事先說明過", "told beforehand"],
  "an.until": ["推迟到", "延後到", "Until"],
  "an.reason": ["理由（群里可见）", "理由（群裡可見）", "Reason (the group sees it)"],
  "an.send": ["提交", "提交", "Submit"],
  "an.withdraw": ["不再等待回复", "不再等待回覆", "Wait no more"],
  "an.todo": ["待我回复", "待我回覆", "For me to answer"],
  "an.asked": ["我在等的回复", "我在等的回覆", "I wait for"],
  "an.under": ["我部门逾期的", "我部門逾期的", "Late in my unit"],
  "an.by": ["{who} · {time} 前", "{who} · {time} 前", "{who} · by {time}"],
  "an.since": ["{who} 自 {time} 起逾期", "{who} 自 {time} 起逾期", "{who}, late since {time}"],
  "an.none": ["没有需要回复的消息。", "沒有需要回覆的訊息。", "Nothing to answer."],
} as const satisfies Record<string, Triple>;

export const a = lookup(ANSWERS);
