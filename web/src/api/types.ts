/** The shapes of docs/protocol.md. Field names are the protocol's; `| null` where the page marks a field with `?`. */
import type { Absent } from "./absences.ts"; import type { OutageReport } from "./outages.ts"; import type { Chosen, OfficeHours, Publishing, TemplateCopy } from "./order.ts";
import type { Origin, OriginRule } from "./origin.ts"; import type { OwnQuiet } from "./quiet.ts";
export type { Call, CallState, OwnQuiet, Rest } from "./quiet.ts";

export interface Bilingual { zh: string; en: string }
export interface ClauseMark { id: string; title: Bilingual; text: Bilingual; instead?: Bilingual | null }
export interface Named { id: string; name: string }
export interface PersonMark { id: string; name: string; staff_no: string; unit: Named | null }

export type Role = "hr" | "it" | "registrar" | "reviewer" | "system_admin" | "security_admin" | "audit_admin" | "head";
export type AccountState = "requested" | "registered" | "activated" | "certified" | "suspended" | "closed";

/** What waits for my decision in a group that I run: who asks to join or to leave, and flagged messages. */
export interface GroupTodo { group: string; joining: number; leaving: number; flagged: number }
export interface Me {
  person: PersonMark;
  account: { id: string; login: string; state: AccountState };
  roles: Role[];
  capabilities: string[];
  organisation: { name: string };
  pack: { id: string; title: Bilingual | string; version: string } | null;
  todo: { approvals: number; reviews: number; notices: number; late_notices?: number; answers: number; late: number; questions: number; outages?: number; groups: readonly GroupTodo[] };
  /** Where my messages wait for a reviewer at present, `group` null is everywhere, and those of `bots` of mine; of which refusals of my bots I was told. */
  prereviews: { group: string | null; until: number; bots?: boolean }[]; bot_refusals?: { position: number; group: string; bot: Named; at: number; reason: string; count: number; needed: number | null }[]; outages?: OutageReport[];
  position: number;
}
/** How much a notification says of a message. */
export type Told = "off" | "none" | "sender" | "text";
/** What this browser may keep and show of each group, and how I am notified. What is kept is bound to the epoch. */
export interface Device {
  epoch: string; groups: Record<string, { days: number; told: Exclude<Told, "off">; origin?: OriginRule | null }>; notifications: { told: Told }; push_key: string | null;
}
export interface Start extends Conversations { me: Me; device: Device }
export interface SessionRow { id: string; device: string; created_at: number; last_seen_at: number; current: boolean }

export type GroupState = "active" | "closed";
export type GroupKind = "internal" | "external_tool" | "direct";
export type MemberState = "invited" | "under_review" | "must_sign" | "active" | "leaving_requested" | "left" | "removed";
export type MemberRole = "owner" | "administrator" | "member";

export interface JoinAsked {
  filing_number: string;
  state: "under_review";
}

export interface GroupCard {
  id: string;
  name: string;
  short_name: string;
  filing_number: string;
  /** The other one of a direct conversation. */
  peer?: Named | null; outside?: boolean;
  kind: GroupKind;
  tool: string | null;
  class: { id: string; title: Bilingual };
  level: { id: string; title: Bilingual | string; rank: number };
  state: GroupState;
  members: number;
  me: { role: MemberRole; state: MemberState } | null;
  topics: string[]; hours: OfficeHours[];
  /** What only publishers write here; null where everybody does. */
  publishing: Publishing | null;
}
export interface GroupDetail extends GroupCard {
  purpose: string;
  scope: string;
  /** A direct conversation has neither owner nor unit. */
  owner: PersonMark | null;
  administrators: PersonMark[];
  publishers: PersonMark[];
  publishing_bots: string[];
  end_date: string | null;
  registered_at: number;
  unit: Named | null;
  rules: { version: number; text: string; published_at: number; signed: number } | null;
  history: "none" | "all";
  position: number;
}
/** `spelled` is how the name may be typed in letters. */
export interface Member { person: PersonMark; spelled: string[]; role: MemberRole; state: MemberState; reason?: string | null }

export type MessageState = "delivered" | "masked" | "held" | "blocked" | "refused" | "released";
export interface Span { start: number; end: number }
/** `text` is empty when what is quoted was `recalled`. */
export interface Quote { position: number; sender: Author; text: string; recalled?: boolean; moved?: boolean; corrected?: number | null }
export type ReactionName =
  | "ok" | "good" | "received" | "thanks" | "smile" | "cheer" | "flower" | "strong" | "done" | "watching" | "question" | "sorry";
/** `people` are the first twenty of `count`. */
export interface ReactionCount { reaction: ReactionName; people: Named[]; count: number }
/** Of the first message of a thread; `people` are the first three who wrote in it. */
export interface Replies { count: number; last_at: number; people: Named[] }
export interface Recalled { by: Named | null; at: number; reason: string | null }
/** Among the mentions of a message: everybody in the group. */
export const ALL = "all";
export type FileKind = "file" | "image" | "voice";
export interface FileMark {
  id: string; name: string; size: number; type: string; kind: FileKind; width?: number | null; height?: number | null; seconds?: number | null;
  thumbnail: boolean; origin?: Origin | null; reasons?: { code: string; where: string }[]; findings?: { part: string; category: string; rule: string; word: string }[];
  /** Only of one that waits to be sent: the hash of the whole, to have it inspected again. */
  sha256?: string;
}
export interface Upload {
  id: string; chunk: number; size: number; received: number; missing: number[]; state: "receiving" | "inspecting" | "ready" | "refused";
  reason: string | null; file: FileMark | null;
}
/** Who wrote a message; of a bot, `bot` is who answers for it. */
export interface Author extends Named { bot?: Named | null }
export interface Message {
  position: number;
  number: number;
  sender: Author;
  at: number;
  text: string;
  mentions: string[];
  quote?: Quote | null;
  state: MessageState;
  spans: Span[];
  clause?: ClauseMark | null;
  note?: string | null;
  cmid?: string | null;
  due_at?: number | null;
  imported?: boolean;
  /** Sent in quiet hours: it calls nobody. */
  silent?: boolean;
  /** It calls people until they confirm. */
  urgent?: boolean;
  /** It burns after reading: its text is nowhere but in the answer to who opens it. */
  burn?: Burn | null;
  /** Then nothing of what it said is left: no text, mentions, quote, spans or reactions. */
  recalled?: Recalled | null;
  edited_at?: number | null;
  reactions?: ReactionCount[];
  pinned?: boolean;
  /** The first message of the thread that it is a reply in. */
  thread?: number | null;
  replies?: Replies | null;
  /** Moved aside as off topic: it stands in its drawer, and here only that it was. */
  moved?: Recalled | null;
  /** The message that it puts right, and its own newest correction. */
  corrects?: number | null;
  corrected?: number | null;
  /** Its thread takes no replies. */
  frozen?: Recalled | null;
  files?: FileMark[];
  /** Copies of other messages; the text is then the comment of whoever forwarded them. */
  forward?: Forward | null;
  /** The parts of a message after a template; `text` has them all as one. */
  template?: TemplateCopy | null;
}
/** Nobody opens it after `until`, which is null for what did not appear. */
export interface Burn { seconds: number; until: number | null; audience: Named[]; opened: { person: Named; at: number }[]; clause?: ClauseMark | null }
/** What a reader gets, to be taken off the screen at `until` by the server's clock. */
export interface BurnText { text: string; spans: Span[]; opened_at: number; until: number; now: number }
export interface BurnRules { seconds: number[]; days: number; most_people: number; clause: ClauseMark }
export interface Forward { group: string; merged: boolean; items: { sender: string; at: number; text: string; spans: Span[] }[] }
/** The text of a draft that was given up is empty. */
export interface DraftMark { group: string; text: string; quote: number | null; thread: number | null; at: number; /** Whom it mentions, by the names in its text. */ mentions?: readonly { id: string; name: string }[] }
export interface ScheduledRow {
  cmid: string; group: string; group_name: string; text: string; mentions: string[]; quote: number | null; thread: number | null; members: number | null; files: FileMark[]; origin?: Origin | null;
  at: number; state: "waiting" | "failed"; code: string | null; clause: ClauseMark | null; kept_until: number | null;
}

interface ItemBase<K extends string> { position: number; at: number; kind: K; group: string | null; number?: number | null; actor: Named | null }
interface GroupItem<K extends string> extends ItemBase<K> { group: string }
export type SentItem = GroupItem<"messaging.sent"> & { message: Message };
export type HeldItem = GroupItem<"messaging.held"> & { message: Message };
export type BlockedItem = GroupItem<"messaging.blocked"> & { message: Message };
export type ReleasedItem = GroupItem<"messaging.released"> & { message: Message; held: number };
export type RefusedItem = GroupItem<"messaging.refused"> & { held: number; clause: ClauseMark | null; reason: string | null };
export type RecalledItem = GroupItem<"messaging.recalled"> & {
  message: number; by: Named | null; reason: string | null; thread: number | null; sender: Named; moved: boolean; corrects?: number | null; corrected?: number | null;
};
/** `called`: whom it mentions anew, and so tells of itself. */
export type EditedItem = GroupItem<"messaging.edited"> & {
  message: number; text: string; mentions: string[]; called: string[]; spans: Span[]; edited_at: number; state: MessageState; clause: ClauseMark | null;
};
/** `reactions` are all that the message has, `person` and `on` what has just changed. */
export type ReactedItem = GroupItem<"messaging.reacted"> & {
  message: number; person: Named; reaction: ReactionName; on: boolean; reactions: ReactionCount[];
};
export type PinnedItem = GroupItem<"messaging.pinned"> & { message: number; on: boolean };
/** `mentions`: whom the message calls, for it counts again when it is back. */
export type MovedItem = GroupItem<"messaging.moved"> & { message: number; on: boolean; moved: Recalled | null; sender: Named; mentions: string[] };
export type FrozenItem = GroupItem<"messaging.frozen"> & { message: number; on: boolean; frozen: Recalled | null };
/** `opened` are all who have opened it so far. */
export type BurnOpenedItem = GroupItem<"messaging.burn_opened"> & { message: number; opened: Burn["opened"] };
export type ChangeItem = RecalledItem | EditedItem | ReactedItem | PinnedItem | MovedItem | FrozenItem | BurnOpenedItem;
/** To those who run the group: the flags on its messages are to be read again. */
export type FlagsChangedItem = GroupItem<"messaging.flags_changed"> & { message: number };
export type TemplatesChangedItem = GroupItem<"messaging.templates_changed">;
export type FrozenChangedItem = ItemBase<"messaging.frozen_changed">;
export type ReviewWaitingItem = ItemBase<"messaging.review_waiting"> & { held: number };
export type AlertItem = ItemBase<"messaging.alert"> & { held: number };
export type ReviewDoneItem = ItemBase<"messaging.review_done"> & { held: number };
export type PreReviewItem = (ItemBase<"messaging.prereview"> & { until: number | null }) | (ItemBase<"messaging.bot_refused"> & { bot: string });
export type RemindedItem = GroupItem<"messaging.reminded"> & { message: number };
/** A call: who is called reads `GET /urgent` again. */
export type UrgedItem =
  (GroupItem<"messaging.urged"> | GroupItem<"messaging.urge_repeated"> | GroupItem<"messaging.urge_confirmed"> | GroupItem<"messaging.urge_stopped">) & { message: number };
export type RegisteredItem = GroupItem<"groups.registered"> & { card: GroupCard | null };
export type DirectOpenedItem = GroupItem<"groups.direct_opened"> & { card: GroupCard | null };
export type MemberChangedItem = GroupItem<"groups.member_changed"> & {
  person: Named | PersonMark; state: MemberState; role: MemberRole; stays?: boolean; reason?: string | null; members: number | null; card: GroupCard | null;
};
export type RulesPublishedItem = GroupItem<"groups.rules_published"> & { version: number; text: string; card?: GroupCard | null };
export type GroupChangedItem = GroupItem<"groups.changed"> & { card: GroupCard | null; what: "closed" | "owner" | "administrators" | "publishers" | "topics" | "hours" };
/** What I may write to others, or a report of an outage, may have changed: ask again. */
export type BarriersChangedItem = ItemBase<"groups.barriers_changed">; export type OutagesChangedItem = ItemBase<"outages.changed">;
export type ApprovalsChangedItem = ItemBase<"approvals.changed"> & {
  request: { id: string; kind: string; title: Bilingual | string; state: RequestState }; todo: number;
};
export type NoticesChangedItem = ItemBase<"notices.changed"> & {
  notice: { id: string; title: string; version: number }; todo: number;
  what: "published" | "asked" | "revised" | "acknowledged" | "reminded" | "late" | "withdrawn" | "missing";
};
export interface AnswerSummary { state: "open" | "withdrawn" | "ended"; people: number; answered: number; late: number; due_at: number }
/** `told`: their deadline fell into a time that they had told beforehand. */
export interface AnswerPart { person: Named; answer: "open" | "delayed" | "replied" | "understood" | "declined" | "gone"; due_at: number; late: boolean; told: boolean; at: number | null; reason: string | null }
export interface AnswerRequest extends AnswerSummary { message: number; group: Named; asker: Named; asked_at: number; parts: AnswerPart[] }
export interface AnswerFigures { in_time: number; late: number; waiting: number; told: number }
export interface AnswerList { requests: AnswerRequest[]; figures: AnswerFigures | null; members: { person: Named; figures: AnswerFigures }[] | null; position: number }
export interface LateAnswer { message: number; group: Named; asker: Named; person: Named; due_at: number; told: boolean }
export type FollowupChangedItem = GroupItem<"followup.changed"> & { message: number; request: AnswerSummary };
export interface Question {
  id: number; kind: "question" | "error"; asker: Named; unit: Named | null; person: Named | null; answerers: Named[]; state: "open" | "answered" | "closed" | "ended";
  raised_at: number; due_at: number; late: boolean; reopened: boolean; text: string | null; reason: string | null;
  answer: { by: Named; at: number; outcome: "confirmed" | "answered" | "corrected"; text: string; correction?: number | null } | null; group: Named | null; message: number | null;
}
export interface QuestionList { questions: Question[]; figures: { open: number; overdue: number; answered: number; median: number | null } | null; more: boolean; position: number }
export type FollowupQuestionItem = GroupItem<"followup.question"> & { message: number; question: Question };
export type AbsenceItem = ItemBase<"followup.absence"> & Absent;
export type FollowupTodoItem = ItemBase<"followup.todo"> & { todo: number; late: number; questions: number };
export type PolicyAdoptedItem = ItemBase<"policy.adopted"> & { pack: unknown };
export type BotsChangedItem = GroupItem<"bots.changed"> & { bot: string };
export type WebhookDisabledItem = ItemBase<"bots.webhook_disabled"> & { webhook: string };
export type DeputyChangedItem = ItemBase<"directory.deputy_changed"> & { person: Named; deputy: Named | null; todo: number };
export type PersonChangedItem = ItemBase<"directory.person_changed"> & { person: Named };

export type MessageItem = SentItem | HeldItem | BlockedItem | ReleasedItem;
export type SystemItem = RegisteredItem | DirectOpenedItem | MemberChangedItem | RulesPublishedItem | GroupChangedItem;
export type Item =
  | MessageItem | ChangeItem | SystemItem | RefusedItem | ReviewWaitingItem | ReviewDoneItem | AlertItem | PreReviewItem | RemindedItem | UrgedItem | BarriersChangedItem | OutagesChangedItem | ApprovalsChangedItem | NoticesChangedItem | PolicyAdoptedItem
  | PersonChangedItem | DeputyChangedItem | BotsChangedItem | WebhookDisabledItem | FlagsChangedItem | FrozenChangedItem | TemplatesChangedItem | FollowupChangedItem | FollowupQuestionItem | FollowupTodoItem | AbsenceItem | (ItemBase<"groups.roster_changed"> & { cards: GroupCard[] });

export interface RowSettings { pinned: boolean; muted: boolean; marked_unread: boolean }
export interface Conversation extends RowSettings { group: GroupCard; last: Item | null; unread: number; mentioned: boolean; reminded: number | null; read: number; begun: boolean }
/** `since`: from where on each present member sees messages. */
export interface Reads { on: boolean; reads: Record<string, number>; since: Record<string, number>; position: number }
export interface Readers { on: boolean; read: Named[]; unread: Named[]; position: number }
export type SavedKind = "favourite" | "later";
export interface SavedPage { saved: { saved_at: number; group_name: string; item: MessageItem }[]; more: boolean; position: number }
/** `before` goes on from here; `waiting` groups are still being read. */
export interface SearchPage { found: { item: MessageItem; group_name: string; spans: { start: number; end: number }[] }[]; before: number | null; waiting: number; position: number }
export interface Conversations { position: number; conversations: Conversation[] }
/** `newer` is there for a page around a position: newer items exist. */
export interface MessagePage { items: Item[]; more: boolean; newer?: boolean; position: number }
export interface ThreadPage { root: MessageItem; items: MessageItem[]; more: boolean; position: number }
export interface PinList { items: MessageItem[]; position: number }
export interface RecallDone { position: number; text?: string; reedit_until?: number }
export interface MessageVersions { versions: { at: number; text: string; position: number }[]; position: number }

/** `members` is how many people a mention of `ALL` reaches, as its author confirmed. */
export interface Body { text: string; mentions?: string[]; quote?: number | null; confirm?: string; thread?: number | null; members?: number; files?: string[]; template?: Chosen; burn?: number; corrects?: number; origin?: Origin }
export interface Receipt {
  cmid: string; state: "delivered" | "masked" | "held" | "blocked" | "warned"; position: number | null; clause: ClauseMark | null; note: string | null;
  ruleset?: string; confirm?: string; findings?: Finding[]; found?: { file: number; part: string; word: string }[]; limit?: PaceLimit | null;
}
/** What a clause allows of how much one writes. */
export interface PaceLimit { messages?: number; seconds?: number; per?: "person" | "contact"; longest?: number }
export interface Finding { start: number; end: number; category: string; word: string; rule?: string }
export interface Verdict {
  disposition: "deliver" | "mask" | "warn" | "hold" | "block";
  findings: Finding[];
  clause?: ClauseMark | null;
  note?: string | null;
  preview?: string | null;
  reviewers?: string | null;
}

export type Health = "good" | "near" | "wrong" | "none";
export interface RegisterRow extends GroupCard {
  owner: PersonMark | null; registered_at: number; end_date: string | null; unit: Named | null;
  health: { owner: Health; administrators: Health; rules: Health };
}

export interface ApplicationOptions {
  classes: { id: string; title: Bilingual; about: Bilingual | string; name_hint: Bilingual | string | null; patterns: { zh: string; example: string }[]; history: "none" | "all" }[];
  levels: { id: string; title: Bilingual | string; rank: number }[];
  tools: (string | { id: string; title: Bilingual | string })[]; rules_signed?: boolean;
  administrators: { min: number; max: number };
}
export interface NameProblem { code: string; message: string; clause?: ClauseMark | null }
export interface ApplicationFields {
  name: string; purpose: string; scope: string; class: string; level: string; kind: GroupKind; tool?: string | null;
  owner_id: string; administrator_ids: string[]; member_ids: string[]; end_date?: string | null; rules: string;
}
export type RequestState = "waiting" | "approved" | "refused" | "withdrawn" | "expired";
export interface Application extends ApplicationFields {
  id: string; state: RequestState; applicant: PersonMark; owner: PersonMark; administrators: PersonMark[]; applied_at: number;
  request: ApprovalRequest; group_id?: string | null; filing_number?: string | null;
}

export interface Approver { person: PersonMark; verdict?: "approve" | "refuse" | null; opinion?: string | null; at?: number | null; deputy?: PersonMark | null }
export interface Step {
  name: Bilingual; mode: "any" | "all"; state: "waiting" | "to_come" | "passed" | "refused" | "skipped";
  due_at?: number | null; reminded_at?: number | null; why: Bilingual | string; approvers: Approver[];
}
export interface ApprovalRequest {
  id: string; kind: string; title: Bilingual | string; subject: Record<string, unknown>; state: RequestState; applicant: PersonMark;
  opened_at: number; closed_at?: number | null; steps: Step[]; clause?: ClauseMark | null; mine: boolean; deputy_of?: PersonMark | null;
}

export type ReviewVerdict = "released" | "masked" | "refused";
export interface ReviewGroup { id: string; name: string; level: GroupCard["level"] }
export interface Review {
  position: number; group: ReviewGroup; sender: PersonMark & { bot?: Named | null }; at: number;
  findings: Finding[]; clause: ClauseMark | null; due_at: number | null; state: "held" | "escalated" | ReviewVerdict;
  line: Role | null; proposal: ReviewVerdict | null; reversed: boolean; files: number;
  reviewer?: PersonMark | null; reason?: string | null; decided_at?: number | null;
}
export interface SimilarReview {
  position: number; words: string[]; state: ReviewVerdict; reversed: boolean; reviewer: PersonMark | null; reason: string; decided_at: number;
}
export interface OpenedReview extends Omit<Review, "files"> {
  text: string; files?: FileMark[]; forward?: Forward | null; burn?: number | null; quote: Quote | null; earlier: Item[]; before: Item[]; after: Item[]; similar: SimilarReview[];
  escalation: { at: number; by: PersonMark | null; to: Role; proposal: ReviewVerdict | null; reason: string } | null;
  may: { decide: boolean; escalate_to: Role | null; overturn: boolean; exception_days: number };
}
export interface AlertRow { position: number; alert: number; group: ReviewGroup; sender: PersonMark; at: number; findings: Finding[]; files: number; clauses: ClauseMark[]; recalled: Recalled | null; by_author: boolean; takes_down: boolean }
export interface ExceptionRow {
  position: number; group: ReviewGroup | null; rule: string; phrase: string; until: number; granted_by: PersonMark; granted_at: number;
  held: number; revoked_by: PersonMark | null; revoked_at: number | null; active: boolean;
}
export interface PreReviewRow { position: number; person: PersonMark; group: ReviewGroup | null; began_at: number; until: number; refusals: number }
export interface RuleFigures {
  rule: string; clause: ClauseMark | null; word: string | null; hits: number; blocked: number; masked: number; delivered: number; held: number;
  waiting: number; released: number; hidden: number; refused: number; reversed: number; overturned: number | null;
}

export interface Control {
  use: string; kind: "prevent" | "approve" | "timer" | "record" | "inform"; title: Bilingual; about: Bilingual;
  with: { name: string; title: Bilingual | string; value: unknown }[]; left_out: string[];
  evidence: { count: number; last_at?: number | null; last_position?: number | null };
}
export interface Clause {
  id: string; chapter: Bilingual | string; title: Bilingual; text: Bilingual; rows: string[]; uncarried: string[]; state: "acting" | "inform" | "not_yet"; controls: Control[];
}
export interface ClauseList {
  pack: { id: string; title: Bilingual | string; version: string; adopted_at: number; adopted_by?: PersonMark | Named | null };
  coverage: { clauses: number; acting: number; inform: number; not_yet: number };
  clauses: Clause[];
}
export interface Evidence {
  position: number; at: number; kind: string; control: string | null; actor?: Named | null; deputy_of?: Named | null; group?: Named | null; outcome: string;
}
export interface ClausePage extends Clause { evidence: Evidence[]; total: number; more: boolean }

export interface PersonRow extends PersonMark { posts: string[] }
export interface BarrierSide { units: Named[]; posts: string[]; people: PersonMark[] }
export interface Barrier {
  id: string; first: BarrierSide; second: BarrierSide; both: boolean; groups: boolean; starts_at: number | null; ends_at: number | null; reason: string;
  set_by: PersonMark; set_at: number; lifted_by: PersonMark | null; lifted_at: number | null; proof: number;
}
export interface BarrierPreview {
  digest: string; first: { total: number; people: PersonMark[] }; second: { total: number; people: PersonMark[] }; pairs: number;
  directs: { total: number; people: PersonMark[][] }; groups: { total: number; groups: Named[] };
}
export interface Deputy { person: PersonMark; deputy: PersonMark; since: string; until: string }
export interface PersonDetail extends PersonRow { roles: Role[]; deputy: Deputy | null; deputy_of: Deputy[]; account?: { id: string; login: string; state: AccountState } | null }
export interface Unit { id: string; name: string; parent_id: string | null; head: PersonMark | null; people: number }
export interface Account { id: string; login: string; state: AccountState; person: PersonMark; since: number; code_by: "it" | "security_admin" | "audit_admin" }
export interface ImportResult {
  new: number | unknown[]; moved: number | unknown[]; unchanged: number | unknown[];
  errors: { line: number; column: string | null; code: string; message: string }[]; started: string | null;
}
export interface ImportProgress { rows: number; applied: number; refused: { line: number; code: string }[]; done: boolean }

export interface LedgerHead { size: number; checkpoint: string; consistency?: string[] | null }
export interface LedgerProof {
  position: number; leaf: string; size: number; checkpoint: string; inclusion: string[];
  body?: { plaintext: string; salt: string } | null;
  fact: { kind: string; at: number; group?: Named | string | null; actor?: Named | string | null; deputy_of?: Named | null; controls: string[]; message?: import("./order.ts").StandingMessage | null };
}

export interface Setup { needed: boolean; packs: { id: string; title: Bilingual | string; clauses: number }[] }

export type ServerFrame =
  | { type: "welcome"; person: string; position: number; after: number; mode: "resume" | "snapshot"; head: { size: number } }
  | ({ type: "receipt" } & Receipt)
  | { type: "facts"; position: number; after: number; items: Item[] }
  | { type: "read"; group: string; position: number }
  | { type: "seen"; group: string; reads: Record<string, number> }
  | ({ type: "settings"; group: string } & RowSettings)
  | ({ type: "draft" } & DraftMark)
  | { type: "scheduled"; cmid: string; group: string; at: number; state: "waiting" | "cancelled" | "sent" | "failed"; code: string | null; clause: ClauseMark | null }
  | { type: "quiet"; quiet: OwnQuiet | null }
  | { type: "saved"; kind: SavedKind; position: number; on: boolean }
  | { type: "pong"; n: number } | ({ type: "work" } & import("../live/work.ts").Work)
  | { type: "error"; code: string; message: string; data: { cmid?: string; clause?: ClauseMark; retry_after?: number; members?: number; missing?: string[]; attachment?: boolean; then?: string; until?: number } | null };
