import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Links to other pages. */
const LINKS = {
  "title": ["要去外面的网站吗？", "要前往外部網站嗎？", "Leave for another site?"],
  "help": ["不认识的链接不要打开，也不要在那里输入账号和密码。", "不認識的連結不要開啟，也不要在那裡輸入帳號和密碼。", "Do not follow links that you do not know, and give no password there."],
  "go": ["继续访问", "繼續前往", "Continue"],
  "w.plain": ["连接没有加密，内容可能被看到。", "連線沒有加密，內容可能被看到。", "The connection is not encrypted."],
  "w.number": ["地址是一串数字，不是网站的名字。", "位址是一串數字，不是網站的名字。", "The address is a number and not the name of a site."],
  "w.letters": ["网站的名字里有别种文字，可能看着像另一个网站。", "網站的名字裡有別種文字，可能看起來像另一個網站。", "Its name has letters of another script and may look like another site."],
  "w.port": ["端口不常见。", "連接埠不常見。", "The port is unusual."],
  "w.like_ours": ["名字很像本单位的网站，但不是。", "名字很像本單位的網站，但不是。", "The name looks like our own site and is not."],
  "in.group": ["工作群", "工作群", "Group"],
  "in.message": ["消息", "訊息", "Message"],
  "in.clause": ["条款 {id}", "條款 {id}", "Clause {id}"],
  "in.notice": ["通知", "通知", "Notice"],
  "in.request": ["审批申请", "審核申請", "Request"],
  "in.request.by": ["{who} 的申请", "{who} 的申請", "Asked for by {who}"],
  "in.request.unseen": ["内容只给申请人和审批人看", "內容只給申請人和審核人看", "For the applicant and those who decide"],
  "in.request.decide": ["等你审批，点开处理", "等你審核，點開處理", "Yours to decide: open it"],
  "in.page": ["规矩的页面", "規矩的頁面", "A page of Guiju"],
  "in.unseen": ["你看不到，或者已经没有了", "你看不到，或者已經沒有了", "Not yours to see, or gone"],
  "out": ["外部网站", "外部網站", "Outside"],
} satisfies Record<string, Triple>;

export const l = lookup(LINKS);
