import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Forwarding, and messages that are sent later. */
const UNSENT = {
  "fw.do": ["转发", "轉傳", "Forward"],
  "fw.title": ["转发给", "轉傳給", "Forward to"],
  "fw.title.n": ["合并转发 {n} 条", "合併轉傳 {n} 則", "Forward {n} as one"],
  "fw.title.each": ["逐条转发 {n} 条", "逐則轉傳 {n} 則", "Forward {n} one by one"],
  "fw.help": ["转到哪个群，就按哪个群的规矩检查。", "轉到哪個群，就依哪個群的規矩檢查。", "It is inspected by the rules of the group it goes to."],
  "fw.search": ["搜索工作群", "搜尋工作群", "Search groups"],
  "fw.none": ["没有这样的工作群。", "沒有這樣的工作群。", "No such group."],
  "fw.comment": ["留言（可不写）", "留言（可不寫）", "Comment (optional)"],
  "fw.warned": ["有一条规定提醒这样的内容，确认后照发，并记录在案。", "有一條規定提醒這樣的內容，確認後照發，並記錄在案。", "A rule warns of content like this. Confirm to send it as it is; that goes on record."],
  "fw.confirm": ["确认并转发", "確認並轉傳", "Confirm and forward"],
  "fw.done": ["已转发到“{group}”。", "已轉傳到「{group}」。", "Forwarded to {group}."],
  "fw.held": ["待审，通过后才会出现在“{group}”。", "待審，通過後才會出現在「{group}」。", "Held for review; it appears in {group} once it is released."],
  "fw.blocked": ["没有转发到“{group}”。", "沒有轉傳到「{group}」。", "Not forwarded to {group}."],
  "fw.by": ["转自 {group}，原话出自 {who}", "轉自 {group}，原話出自 {who}", "From {group}, the words of {who}"],
  "fw.from": ["转自 {group}", "轉自 {group}", "From {group}"],
  "fw.record": ["{group}的聊天记录", "{group}的聊天紀錄", "Chat history of {group}"],
  "fw.line": ["[聊天记录]", "[聊天紀錄]", "[Chat history]"],
  "fw.all": ["查看全部 {n} 条", "查看全部 {n} 則", "See all {n}"],
  "sc.later": ["定时发送", "定時傳送", "Send later"],
  "sc.today": ["今天 18:00", "今天 18:00", "Today 18:00"],
  "sc.tomorrow": ["明天 09:00", "明天 09:00", "Tomorrow 09:00"],
  "sc.own": ["自选时间", "自選時間", "Choose a time"],
  "sc.list": ["定时消息", "定時訊息", "Scheduled messages"],
  "sc.list.n": ["定时消息 {n}", "定時訊息 {n}", "Scheduled {n}"],
  "sc.failed.n": ["{n} 条没有发出", "{n} 則沒有送出", "{n} not sent"],
  "sc.none": ["没有定时消息。", "沒有定時訊息。", "No scheduled messages."],
  "sc.help": ["到时按当时的权限和规矩检查，再发出。", "到時依當時的權限和規矩檢查，再送出。", "At its time it is inspected under the rights and rules of that moment, then sent."],
  "sc.at": ["发送时间", "傳送時間", "When to send"],
  "sc.set": ["定时", "定時", "Schedule"],
  "sc.change": ["修改", "修改", "Change"],
  "sc.cancel": ["取消发送", "取消傳送", "Cancel it"],
  "sc.now": ["立即发送", "立即傳送", "Send now"],
  "sc.confirm": ["确认并发送", "確認並傳送", "Confirm and send"],
  "sc.failed": ["没有发出：{why}", "沒有送出：{why}", "Not sent: {why}"],
  "sc.done": ["{time} 发送到本群。", "{time} 傳送到本群。", "Goes out at {time}."],
  "sc.text": ["消息", "訊息", "Message"],
} as const satisfies Record<string, Triple>;

export const u = lookup(UNSENT);
