import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Who may not write to whom. */
export const BARRIERS = {
  "help": ["屏障两边的人不能直接发消息，已有的对话只能看。保存之前先看名单。", "屏障兩邊的人不能直接傳訊息，已有的對話只能看。儲存之前先看名單。", "People on the two sides cannot write to each other directly; what they wrote stays readable. Names are shown before it is set."],
  "none": ["还没有屏障", "還沒有屏障", "No barriers yet"],
  "add": ["设置屏障", "設定屏障", "Set a barrier"],
  "first": ["甲方", "甲方", "First side"],
  "second": ["乙方", "乙方", "Second side"],
  "units": ["部门（含下级）", "部門（含下級）", "Units, with those below"],
  "unit.add": ["加部门…", "加部門…", "Add a unit…"],
  "posts": ["岗位（多个用顿号隔开）", "崗位（多個用頓號隔開）", "Posts, separated by commas"],
  "people": ["人员", "人員", "People"],
  "way": ["方向", "方向", "Direction"],
  "way.one": ["甲方不能给乙方发", "甲方不能傳給乙方", "First cannot write to second"],
  "way.both": ["双方互相不能发", "雙方互相不能傳", "Neither can write to the other"],
  "groups": ["也不能新进同一个群", "也不能新進同一個群", "Nor newly come into one group"],
  "starts": ["开始（空着即刻）", "開始（空著即刻）", "From (empty: at once)"],
  "ends": ["结束（空着不限）", "結束（空著不限）", "Until (empty: no end)"],
  "preview": ["预览名单", "預覽名單", "Preview"],
  "preview.title": ["会隔开 {pairs} 对人", "會隔開 {pairs} 對人", "Keeps {pairs} pairs apart"],
  "n.people": ["{n} 人", "{n} 人", "{n} {n:person|people}"],
  "more": ["另有 {n} 人", "另有 {n} 人", "{n} more"],
  "directs": ["已有一对一消息 {n} 个，将变为只读", "已有一對一訊息 {n} 個，將變為唯讀", "{n} direct conversations become read only"],
  "groups.met": ["共同的群 {n} 个，不受影响", "共同的群 {n} 個，不受影響", "{n} {n:group in common is|groups in common are} not touched"],
  "set": ["保存屏障", "儲存屏障", "Set it"],
  "change": ["返回修改", "返回修改", "Change it"],
  "lift": ["解除", "解除", "Lift"],
  "lift.title": ["解除屏障", "解除屏障", "Lift the barrier"],
  "lift.help": ["解除后双方可以直接发消息。理由会记入账本。", "解除後雙方可以直接傳訊息。理由會記入帳本。", "They can write to each other again. The reason is recorded."],
  "state.stands": ["生效中", "生效中", "Stands"],
  "state.ahead": ["未开始", "未開始", "Ahead"],
  "state.ended": ["已到期", "已到期", "Ended"],
  "state.lifted": ["已解除", "已解除", "Lifted"],
  "from": ["{time} 起", "{time} 起", "from {time}"],
  "until": ["到 {time}", "到 {time}", "until {time}"],
  "open": ["不限期", "不限期", "without end"],
  "by": ["{name} 设置，{time}", "{name} 設定，{time}", "Set by {name}, {time}"],
  "proof": ["查看证明", "查看證明", "Proof"],
} as const satisfies Record<string, Triple>;

export const br = lookup(BARRIERS);
