import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Order in a group, as far as it shows in the talk itself. */
const ORDER = {
  "moved": ["{by} 把 {who} 的一条消息移到题外，理由：{reason}", "{by} 將 {who} 的一則訊息移到題外，理由：{reason}", "{by} moved a message by {who} aside: {reason}"],
  "tag": ["题外", "題外", "Off topic"],
  "moved.open": ["查看", "檢視", "Show"],
  "aside.do": ["移到题外", "移到題外", "Move aside"],
  "aside.back": ["移回群里", "移回群裡", "Move back"],
  "flag.do": ["提请移到题外", "提請移到題外", "Flag as off topic"],
  "flag.done": ["已告诉群主和管理员", "已告訴群主和管理員", "The owner and administrators are told"],
  "freeze.do": ["冻结话题", "凍結討論串", "Freeze thread"],
  "freeze.off": ["解冻话题", "解凍討論串", "Unfreeze thread"],
  "frozen": ["话题已由 {by} 冻结，解冻之前不能回复。理由：{reason}", "討論串已由 {by} 凍結，解凍之前不能回覆。理由：{reason}", "{by} froze this thread; nobody replies until it is unfrozen. Reason: {reason}"],
  "frozen.mark": ["话题已冻结", "討論串已凍結", "Thread frozen"],
  "pub.head": ["本群由专人发布", "本群由專人發布", "Only named publishers write here"],
  "pub.replies": ["你可以在消息的话题里回复。", "你可以在訊息的討論串裡回覆。", "You may reply in threads."],
  "pub.none": ["你可以阅读和回应。", "你可以閱讀和回應。", "You may read and react."],
  "topics": ["议题：{list}", "議題：{list}", "Topics: {list}"],
  "sys.publishers": ["群的发布人已更换", "群的發布人已更換", "The group's publishers changed"],
  "sys.topics": ["本群议题已更新", "本群議題已更新", "The group's topics changed"],
  "sys.hours": ["本群的固定沟通时间已更新", "本群的固定溝通時間已更新", "The group's communication times changed"],
  "hours": ["固定沟通时间：{list}", "固定溝通時間：{list}", "Communication times: {list}"],
  "hours.one": ["{days} {from}–{to}", "{days} {from}–{to}", "{days} {from}–{to}"],
  "hours.words": ["{time}（{words}）", "{time}（{words}）", "{time} ({words})"],
  "hours.every": ["每天", "每天", "Every day"],
  "hours.weekdays": ["周一至周五", "週一至週五", "Monday to Friday"],
  "hours.on": ["每周{days}", "每週{days}", "{days}"],
  "hours.days": ["一,二,三,四,五,六,日", "一,二,三,四,五,六,日", "Mon,Tue,Wed,Thu,Fri,Sat,Sun"],
  "tpl.do": ["按模板写", "按範本寫", "Write by a template"],
  "wait": ["{n} 秒以后可以再发。", "{n} 秒以後可以再傳。", "You may write again in {n} {n:second|seconds}."],
  "missing": ["还缺：{parts}。", "還缺：{parts}。", "Missing: {parts}."],
  "missing.file": ["附件", "附件", "an attachment"],
} as const satisfies Record<string, Triple>;

export const o = lookup(ORDER);
