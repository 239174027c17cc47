import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Messages that burn after reading. */
const BURN = {
  "do": ["阅后即焚", "閱後即焚", "Burn after reading"],
  "off": ["不再阅后即焚", "不再閱後即焚", "Do not burn"],
  "length": ["打开后可看多久", "開啟後可看多久", "How long it can be read"],
  "said": ["对方看后即消失；按《{title}》", "對方看後即消失；依《{title}》", "It vanishes once read. By “{title}” "],
  "said.kept": ["，密封副本仍会留存备查。只发文字，{days} 天不看即焚。", "，密封副本仍會留存備查。只傳文字，{days} 天不看即焚。", " a sealed copy is kept for inspection. Text only; unread it burns after {days} days."],
  "once": ["只对这一条，发出后即关。", "只對這一則，送出後即關。", " For this one message only."],
  "files": ["阅后即焚只能发文字，请先去掉文件。", "閱後即焚只能傳文字，請先移除檔案。", "Only a text can burn: remove the files first."],
  "title": ["阅后即焚消息 · {time}", "閱後即焚訊息 · {time}", "Burns after reading · {time}"],
  "kept": ["密封副本留存备查", "密封副本留存備查", "A sealed copy is kept"],
  "open": ["打开阅读", "開啟閱讀", "Open and read"],
  "again": ["再看一眼", "再看一眼", "Read again"],
  "close": ["看完了", "看完了", "Done"],
  "left": ["还剩 {n} 秒", "還剩 {n} 秒", "{n} s left"],
  "burnt": ["已焚", "已焚", "Burnt"],
  "burnt.me": ["你已看过，已焚", "你已看過，已焚", "You have read it; it has burnt"],
  "until": ["{time}前可打开", "{time}前可開啟", "Can be opened until {time}"],
  "not_for_me": ["你不在这条消息的收件人里", "你不在這則訊息的收件人裡", "It was not sent to you"],
  "opened": ["{done}/{all} 人已打开", "{done}/{all} 人已開啟", "Opened by {done} of {all}"],
  "opened.who": ["：{who}", "：{who}", ": {who}"],
} as const satisfies Record<string, Triple>;

export const b = lookup(BURN);
