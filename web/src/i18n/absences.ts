import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Who cannot answer for a while, as it stands beside names and above a composer. */
const ABSENCES = {
  "until": ["{time} 前无法回复", "{time} 前無法回覆", "cannot answer until {time}"],
  "named": ["{name} {words}", "{name} {words}", "{name} {words}"],
  "many": ["{names}等 {n} 人暂时无法回复", "{names}等 {n} 人暫時無法回覆", "{names} and others, {n} in all, cannot answer now"],
  "mine": ["你已标明：{words}", "你已標明：{words}", "You have said that you {words}"],
  "end": ["提前结束", "提前結束", "End it now"],
  "title": ["暂时无法回复", "暫時無法回覆", "Cannot answer for a while"],
  "say": ["标明暂时无法回复…", "標明暫時無法回覆…", "Say that you cannot answer…"],
  "say.small": ["标明…", "標明…", "Say so…"],
  "change": ["修改…", "修改…", "Change…"],
  "none": ["开会、手术、乘机时，可以事先告诉同群的人什么时候回复。", "開會、手術、搭機時，可以事先告訴同群的人什麼時候回覆。", "In a meeting, in surgery, on a flight: tell your groups beforehand until when."],
  "help": ["同群的人和你的单聊对方看得到，到时自动取消。到期前的提醒等到那时再发；回复期限不变，逾期的注明事先说明过。", "同群的人和你的單聊對象看得到，到時自動取消。到期前的提醒等到那時再發；回覆期限不變，逾期的註明事先說明過。", "Those in your groups and whom you write with see it, and it ends by itself. Reminders wait for its end. Deadlines stay; what is late says that you had told."],
  "till": ["到什么时候", "到什麼時候", "Until when"],
  "hour": ["1 小时", "1 小時", "One hour"],
  "off_work": ["今天下班", "今天下班", "End of work today"],
  "next_work": ["下个工作日上班", "下個工作日上班", "Start of the next working day"],
  "own": ["自选时间", "自選時間", "Another time"],
  "most": ["最长 {n} 天", "最長 {n} 天", "at most {n} {n:day|days}"],
  "why": ["原因（选填，同群的人看得到）", "原因（選填，同群的人看得到）", "Reason (optional; your groups see it)"],
  "why.needed": ["原因（同群的人看得到）", "原因（同群的人看得到）", "Reason (your groups see it)"],
  "why.like": ["如：手术中、飞行中、开会", "如：手術中、飛行中、開會", "In surgery, on a flight, in a meeting"],
  "set": ["标明", "標明", "Tell them"],
} satisfies Record<string, Triple>;

export const b = lookup(ABSENCES);
