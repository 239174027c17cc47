import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** What stands under a message that asks for answers; the sheets have their own table, which comes with them. */
const ASKS = {
  "an.ask": ["需要回复", "需要回覆", "Ask for answers"],
  "an.count": ["{n}/{of} 已回复", "{n}/{of} 已回覆", "{n} of {of} answered"],
  "an.left": ["剩余 {time}", "剩餘 {time}", "{time} left"],
  "an.late": ["{n} 人逾期", "{n} 人逾期", "{n} late"],
  "an.over": ["已取消", "已取消", "Taken back"],
  "qu.ask": ["提出问题", "提出問題", "Raise a question"],
  "qu.report": ["报告差错", "報告差錯", "Report an error"],
  "an.title": ["回复情况", "回覆情況", "Answers"],
} as const satisfies Record<string, Triple>;

export const k = lookup(ASKS);
