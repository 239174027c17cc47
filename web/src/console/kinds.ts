/** The kinds of facts in words; a kind that is not listed here shows its name. */
import { lang } from "../i18n/index.ts";
import type { Triple } from "../i18n/index.ts";

export const KINDS: Record<string, Triple> = {
  "messaging.sent": ["发消息", "傳訊息", "message sent"],
  "messaging.held": ["消息送审", "訊息送審", "message held"],
  "messaging.blocked": ["消息没有发出", "訊息沒有送出", "message blocked"],
  "messaging.alerted": ["提示审核人员", "提示審核人員", "reviewers told"],
  "inspection.dictionary_added": ["导入词库", "匯入詞庫", "dictionary imported"],
  "inspection.dictionary_tried": ["试算词库", "試算詞庫", "dictionary tried"],
  "inspection.dictionary_switched": ["启用或停用词库", "啟用或停用詞庫", "dictionary switched"],
  "inspection.exemption_granted": ["准予豁免", "准予豁免", "exemption granted"],
  "inspection.exemption_ended": ["结束豁免", "結束豁免", "exemption ended"],
  "messaging.released": ["消息审核后放行", "訊息審核後放行", "message released"],
  "messaging.refused": ["消息没有放行", "訊息沒有放行", "message refused"],
  "groups.registered": ["群组备案", "群組備案", "group registered"],
  "groups.member_changed": ["成员变动", "成員變動", "membership changed"],
  "groups.rules_published": ["发布群规", "發布群規", "published group rules"],
  "groups.applied": ["申请建群", "申請建群", "applied for a group"],
  "groups.application_closed": ["建群申请办结", "建群申請辦結", "application closed"],
  "groups.administrators_set": ["更换群管理员", "更換群管理員", "set the administrators"],
  "groups.owner_set": ["移交群主", "移交群主", "handed the group over"],
  "groups.closed": ["群结项", "群結項", "closed the group"],
  "groups.end_reminded": ["到期提醒", "到期提醒", "reminded of the end date"],
  "policy.refused": ["操作被拒绝", "操作被拒絕", "attempt refused"],
  "messaging.review_late": ["审核超时", "審核逾時", "review is late"],
  "approvals.opened": ["提出申请", "提出申請", "asked for approval"],
  "approvals.decided": ["审批了申请", "審核了申請", "decided a request"],
  "approvals.closed": ["申请办结", "申請辦結", "request closed"],
  "approvals.escalated": ["超时升级", "逾時升級", "escalated"],
  "approvals.reminded": ["催办", "催辦", "reminded"],
  "approvals.step_started": ["审批到下一步", "審核到下一步", "next step began"],
  "policy.adopted": ["采用制度包", "採用制度包", "adopted a policy pack"],
  "directory.person_added": ["新增人员", "新增人員", "added a person"],
  "directory.person_changed": ["调整人员", "調整人員", "changed a person"],
  "directory.organisation_named": ["设定单位名称", "設定單位名稱", "named the organisation"],
  "directory.role_granted": ["授予职责", "授予職責", "granted a role"],
  "directory.role_revoked": ["收回职责", "收回職責", "revoked a role"],
  "directory.unit_added": ["新建部门", "新增部門", "added a unit"],
  "directory.unit_head_set": ["任命部门负责人", "任命部門負責人", "set the head of a unit"],
  "identity.account_requested": ["申请账号", "申請帳號", "account requested"],
  "identity.account_registered": ["登记账号", "登記帳號", "account registered"],
  "identity.account_activated": ["激活账号", "啟用帳號", "account activated"],
  "identity.account_certified": ["认证账号", "認證帳號", "account certified"],
  "identity.account_suspended": ["停用账号", "停用帳號", "account suspended"],
  "identity.account_resumed": ["恢复账号", "恢復帳號", "account resumed"],
  "identity.account_closed": ["注销账号", "註銷帳號", "account closed"],
  "identity.code_issued": ["发激活码", "發啟用碼", "activation code issued"],
  "identity.password_reset": ["重设密码", "重設密碼", "password reset"],
  "identity.sessions_ended": ["结束登录", "結束登入", "sessions ended"],
  "identity.signin_locked": ["登录锁定", "登入鎖定", "sign-in locked"],
};

export function factWords(kind: string): string {
  const found = KINDS[kind];
  return found ? found[lang.value === "zh-CN" ? 0 : lang.value === "zh-TW" ? 1 : 2] : kind;
}
