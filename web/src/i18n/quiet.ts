import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Quiet hours and urgent messages. */
const QUIET = {
  "silent": ["现在是休息时间，发出的消息静默送达，不打扰人。", "現在是休息時間，送出的訊息靜默送達，不打擾人。", "It is quiet here now: what you send arrives silently and disturbs nobody."],
  "queue": ["现在是休息时间，消息将于{time}送达。", "現在是休息時間，訊息將於{time}送達。", "It is quiet here now: what you send arrives {time}."],
  "refuse": ["现在是休息时间，{time}以后再发。", "現在是休息時間，{time}以後再傳。", "It is quiet here now: send it after {time}."],
  "ur.title": ["加急发送", "加急傳送", "Send as urgent"],
  "ur.help": ["叫到提到的人；没有提到谁，就叫全群。重复提醒，直到各人点收到，最多 {n} 次，自动停止。", "叫到提及的人；沒有提及誰，就叫全群。重複提醒，直到各人點收到，最多 {n} 次，自動停止。", "Calls those who are mentioned, or everybody. It repeats until each confirms, {n} {n:time|times} at most, and stops by itself."],
  "ur.left": ["本周还可以加急 {left} 次（每周 {n} 次）。", "本週還可以加急 {left} 次（每週 {n} 次）。", "{left} of {n} left this week."],
  "ur.none": ["本周的加急次数用完了，{time}恢复。可以照常发送，或者打电话。", "本週的加急次數用完了，{time}恢復。可以照常傳送，或者打電話。", "None are left this week; more {time}. Send it as usual, or phone."],
  "ur.instead": ["可以照常发送，并提到要找的人；或者打电话。", "可以照常傳送，並提及要找的人；或者打電話。", "Send it as usual and mention whom it concerns, or phone."],
  "ur.files": ["附 {n} 个文件", "附 {n} 個檔案", "{n} {n:file|files} with it"],
  "ur.why": ["为什么等不得", "為什麼等不得", "Why it cannot wait"],
  "ur.do": ["加急发送", "加急傳送", "Send and call"],
  "ur.done": ["已向 {n} 人发出提醒，等各人点收到。谁收到了，看消息下面。", "已向 {n} 人發出提醒，等各人點收到。誰收到了，看訊息下面。", "{n} {n:person is|people are} being called, and each is to confirm. Under the message stands who has."],
  "call.title": ["{who}加急找你", "{who}加急找你", "{who} calls you"],
  "call.in": ["{group}　原因：{reason}", "{group}　原因：{reason}", "{group} · {reason}"],
  "call.yes": ["收到", "收到", "Seen"],
  "call.needless": ["收到，其实不急", "收到，其實不急", "Seen; it could have waited"],
  "call.more": ["还有 {n} 件加急", "還有 {n} 件加急", "{n} more"],
  "call.go": ["查看消息", "查看訊息", "Show the message"],
  "st.title": ["谁收到了", "誰收到了", "Who has confirmed"],
  "st.help": ["{all} 人中 {done} 人收到，已提醒 {n} 次", "{all} 人中 {done} 人收到，已提醒 {n} 次", "{done} of {all} have confirmed; called {n} {n:time|times}"],
  "st.stopped": ["{all} 人中 {done} 人收到，提醒 {n} 次后已停止", "{all} 人中 {done} 人收到，提醒 {n} 次後已停止", "{done} of {all} have confirmed; it has stopped after {n} {n:time|times}"],
  "st.waiting": ["还没有确认", "還沒有確認", "not confirmed"],
  "st.needless": ["认为不急", "認為不急", "could have waited"],
  "fig": ["近 {days} 天加急 {calls} 次，叫到 {called} 人次，{confirmed} 人次确认，其中 {needless} 人次认为其实不急。", "近 {days} 天加急 {calls} 次，叫到 {called} 人次，{confirmed} 人次確認，其中 {needless} 人次認為其實不急。", "In {days} days {calls} urgent messages called people {called} times; {confirmed} confirmed, {needless} of them said that it could have waited."],
  "me.title": ["勿扰时间", "勿擾時間", "Do not disturb"],
  "me.help": ["这段时间不打扰你；加急除外。各个设备同步。", "這段時間不打擾你；加急除外。各個裝置同步。", "You are not disturbed then, except by urgent messages. It holds on all your devices."],
  "me.on": ["每天", "每天", "Every day"],
  "me.from": ["从", "從", "From"],
  "me.to": ["到", "到", "to"],
  "me.rest": ["非工作时间一律勿扰", "非工作時間一律勿擾", "Whenever the organisation does not work"],
  "me.save": ["保存", "儲存", "Save"],
  "me.saved": ["已保存。", "已儲存。", "Saved."],
} satisfies Record<string, Triple>;

export const q = lookup(QUIET);
