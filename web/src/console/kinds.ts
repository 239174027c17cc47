/** The kinds of facts in words; a kind that is not listed here shows its name. */
import { lang } from "../i18n/index.ts";
import type { Triple } from "../i18n/index.ts";

export const KINDS: Record<string, Triple> = {
  "messaging.sent": ["发了消息", "傳了訊息", "sent a message"],
  "messaging.held": ["的消息送审", "的訊息送審", "had a message held"],
  "messaging.blocked": ["的消息没有发出", "的訊息沒有送出", "had a message blocked"],
  "messaging.released": ["的消息审核后放行", "的訊息審核後放行", "had a message released"],
  "messaging.refused": ["的消息没有放行", "的訊息沒有放行", "had a message refused"],
  "groups.registered": ["群组备案", "群組備案", "group registered"],
  "groups.member_changed": ["成员变动", "成員變動", "membership changed"],
  "groups.rules_published": ["发布群规", "發布群規", "published group rules"],
  "groups.rules_signed": ["确认群规", "確認群規", "signed the group rules"],
  "groups.changed": ["群资料变动", "群資料變動", "group changed"],
  "groups.refused": ["的操作被拒绝", "的操作被拒絕", "was refused"],
  "approvals.opened": ["提出申请", "提出申請", "asked for approval"],
  "approvals.decided": ["审批了申请", "審核了申請", "decided a request"],
  "approvals.closed": ["申请办结", "申請辦結", "request closed"],
  "policy.adopted": ["采用制度包", "採用制度包", "adopted a policy pack"],
  "directory.person_added": ["新增人员", "新增人員", "added a person"],
  "directory.person_changed": ["调整人员", "調整人員", "changed a person"],
  "identity.account_requested": ["申请账号", "申請帳號", "account requested"],
  "identity.account_registered": ["登记账号", "登記帳號", "account registered"],
  "identity.account_activated": ["激活账号", "啟用帳號", "account activated"],
  "identity.account_certified": ["认证账号", "認證帳號", "account certified"],
  "identity.account_suspended": ["停用账号", "停用帳號", "account suspended"],
};

export function factWords(kind: string): string {
  const found = KINDS[kind];
  return found ? found[lang.value === "zh-CN" ? 0 : lang.value === "zh-TW" ? 1 : 2] : kind;
}
