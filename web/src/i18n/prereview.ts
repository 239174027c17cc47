import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Pre-review, as the person under it is told, and what of their bots was refused. */
export const PREREVIEW = {
  "title": ["你在这里的消息先审后发。", "你在這裡的訊息先審後發。", "Your messages here are reviewed before they appear."],
  "bots": ["由你负责的机器人也一样。", "由你負責的機器人也一樣。", "So are those of your bots."],
  "ends": ["至 {time} 自动解除。", "至 {time} 自動解除。", "This ends by itself on {time}."],
  "refused": ["由你负责的“{name}”有消息被退回。", "由你負責的「{name}」有訊息被退回。", "A message of your bot {name} was refused."],
  "refused.why": ["理由：{reason}", "理由：{reason}", "Reason: {reason}"],
  "refused.count": ["机器人被退回也计入你的次数，每个工作日至多一次。已计 {count} 次，满 {needed} 次，你的消息先审后发。", "機器人被退回也計入你的次數，每個工作日至多一次。已計 {count} 次，滿 {needed} 次，你的訊息先審後發。", "What is refused of bots counts as yours, once a working day at most. It is {count} so far. With {needed}, your messages are reviewed before they appear."],
  "refused.open": ["进群看看", "進群看看", "Open the group"],
  "refused.seen": ["知道了", "知道了", "Understood"],
} as const satisfies Record<string, Triple>;

export const p = lookup(PREREVIEW);
