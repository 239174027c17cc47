import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Notifications, and what this device keeps. */
export const DEVICE = {
  "note": ["通知", "通知", "Notifications"],
  "told": ["通知里写什么", "通知裡寫什麼", "What a notification says"],
  "told.off": ["不通知", "不通知", "Nothing"],
  "told.none": ["只说有新消息", "只說有新訊息", "That something came"],
  "told.sender": ["谁、在哪个群", "誰、在哪個群", "Who, in which group"],
  "told.text": ["连同内容", "連同內容", "The text too"],
  "told.help": ["有的群按规定写得更少。免打扰的群只在提到你时通知；别处读过的，通知自己收起。", "有的群依規定寫得更少。勿擾的群只在提及你時通知；別處讀過的，通知會自動收起。", "The rules may allow less in some groups. Muted groups notify you only of mentions; what you read elsewhere goes away."],
  "desk.ask": ["允许这个浏览器弹出通知", "允許這個瀏覽器顯示通知", "Let this browser show notifications"],
  "desk.on": ["这个浏览器会弹出通知。", "這個瀏覽器會顯示通知。", "This browser shows notifications."],
  "desk.denied": ["浏览器不让本站弹出通知，请在浏览器的网站设置里改。", "瀏覽器不讓本站顯示通知，請在瀏覽器的網站設定裡更改。", "The browser blocks notifications of this site; change that in its site settings."],
  "desk.none": ["这个浏览器没有通知。", "這個瀏覽器沒有通知功能。", "This browser has no notifications."],
  "sound": ["提示音", "提示音", "Sound"],
  "sound.system": ["随系统", "隨系統", "The system's"],
  "sound.off": ["无声", "無聲", "None"],
  "sound.soft": ["轻柔", "輕柔", "Soft"],
  "sound.bright": ["清亮", "清亮", "Bright"],
  "sound.help": ["只管这个浏览器开着的页面；推送的声音由设备的系统决定。", "只管這個瀏覽器開著的頁面；推播的聲音由裝置的系統決定。", "For pages that are open in this browser; how a push sounds the device's system decides."],
  "push": ["关掉页面后也推送到这台设备", "關閉頁面後也推播到這台裝置", "Push to this device when the page is closed"],
  "push.help": ["经浏览器厂商的服务转送，内容加密，只有这台设备能打开。", "經瀏覽器廠商的服務轉送，內容加密，只有這台裝置能開啟。", "It goes through the service of the browser's maker, sealed so that only this device opens it."],
  "push.failed": ["没有接通推送服务。", "沒有接通推播服務。", "The push service could not be reached."],
  "here": ["这台设备", "這台裝置", "This device"],
  "install": ["安装到桌面", "安裝到桌面", "Install"],
  "install.hint": ["在浏览器菜单里选“安装”或“添加到主屏幕”，可以像应用一样打开。", "在瀏覽器選單裡選「安裝」或「加入主畫面」，可以像應用程式一樣開啟。", "Choose “Install” or “Add to home screen” in the browser's menu to open it like an app."],
  "installed": ["已作为应用打开。", "已作為應用程式開啟。", "Opened as an app."],
  "kept": ["最近的会话存在这台设备上，断网时可以看：{n} 个群。退出登录即清除。", "最近的對話存在這台裝置上，斷網時可以看：{n} 個群。登出即清除。", "Recent chats are kept on this device for reading offline: {n} {n:group|groups}. Signing out clears them."],
  "kept.none": ["按规定，这台设备不保存会话。", "依規定，這台裝置不保存對話。", "By the rules, this device keeps no chats."],
  "clear": ["清除这台设备上的会话", "清除這台裝置上的對話", "Clear this device"],
  "cleared": ["已清除，下次登录前不再保存。等待发出的消息还在。", "已清除，下次登入前不再保存。等待傳送的訊息還在。", "Cleared; nothing is kept until you sign in again. Messages that wait to be sent are still there."],
  "new": ["有新版本", "有新版本", "A new version is here"],
  "new.do": ["点此刷新", "點此重新整理", "Reload"],
  "reminds": ["{who} 提醒你阅读消息", "{who} 提醒你閱讀訊息", "{who} asks you to read a message"],
  "some": ["有新消息", "有新訊息", "New message"],
  "more": ["（还有 {n} 条）", "（還有 {n} 則）", " (and {n} more)"],
  "from": ["{who} 发来新消息", "{who} 傳來新訊息", "{who} sent a message"],
} as const satisfies Record<string, Triple>;

export const d = lookup(DEVICE);
