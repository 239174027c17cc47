import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Telephone numbers and e-mail addresses of colleagues, also without the line. */
export const CONTACTS = {
  "phone": ["电话", "電話", "Telephone"],
  "email": ["邮箱", "電子郵件", "E-mail"],
  "none": ["没有登记", "沒有登記", "Not on record"],
  "not": ["只给一起工作的同事看", "只給一起工作的同仁看", "Shown to those who work together"],
  "call": ["给 {name} 打电话：{phone}", "打電話給 {name}：{phone}", "Phone {name}: {phone}"],
  "mail": ["给 {name} 写邮件", "寫郵件給 {name}", "Write an e-mail to {name}"],
  "title": ["存在这台设备上的通讯录", "存在這台裝置上的通訊錄", "Contacts kept on this device"],
  "from": ["这是 {time}的，可能已经过时。连接恢复后会更新。", "這是 {time}的，可能已經過時。連線恢復後會更新。", "From {time}; it may be out of date. It is renewed once the connection is back."],
  "some": ["{n} 人", "{n} 人", "{n} {n:person|people}"],
  "first": ["{n} 人，这里只列前 {most} 人，其余请搜索", "{n} 人，這裡只列前 {most} 人，其餘請搜尋", "{n} people, of whom the first {most} are listed; search for the others"],
  "find": ["姓名、拼音、工号、电话", "姓名、拼音、工號、電話", "Name, pinyin, staff number, telephone"],
  "nobody": ["没有找到", "沒有找到", "Nobody found"],
  "empty": ["这台设备上没有存通讯录", "這台裝置上沒有存通訊錄", "No contacts are kept on this device"],
  "empty.more": ["按规定不保存，或者还没有连接过。请用别的办法联系，例如总机。", "依規定不保存，或者還沒有連線過。請用別的辦法聯絡，例如總機。", "The rules keep none here, or there was no connection yet. Use another way, such as the switchboard."],
} as const satisfies Record<string, Triple>;

export const n = lookup(CONTACTS);
