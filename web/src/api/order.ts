/** The shapes of docs/protocol.md about order in a group. */
import type { ClauseMark, GroupCard, Item, MessageItem, Named, PersonMark, Recalled, Span } from "./types.ts";

/** On these days of the week (1 = Monday), from `start` to `end`: minutes since midnight of the organisation's time. */
export interface OfficeHours { days: number[]; start: number; end: number; words: string }
export interface AsideList { items: MessageItem[]; more: boolean; position: number }
export interface FlagList { flagged: { item: MessageItem; flags: Recalled[] }[]; position: number }
/** A frozen thread as who oversees the group sees it: none of its texts. */
export interface FrozenThread extends Recalled {
  group: { id: string; name: string; level: GroupCard["level"]; unit: Named; owner: PersonMark }; message: number; replies: number; position: number;
}
export interface FrozenList { frozen: FrozenThread[]; position: number }
/** `group` null: it holds everywhere. */
export interface Template { id: string; group: string | null; title: string; fields: { name: string; required: boolean; hint: string }[]; attachment: boolean }
export interface TemplateList { templates: Template[]; may: boolean; needed?: { only: "all" | "announcements"; clause: ClauseMark } | null; position: number }
/** `only` announcements (what mentions everybody) or all; `replies`: others reply in threads; `mine`: I am a publisher. */
export interface Publishing { only: "all" | "announcements"; replies: boolean; mine: boolean; clause: ClauseMark }
export interface TemplateCopy { id: string; title: string; parts: { name: string; text: string; spans: Span[] }[] }
/** What a message by a template is sent as, instead of a text. */
export interface Chosen { id: string; title: string; parts: [name: string, text: string][] }
/** The rosters of these groups changed, and perhaps what their cards say; of whom it does not say. */
export type RosterChangedItem = Extract<Item, { kind: "groups.roster_changed" }>;
/** A message on a page beside its group; `takes_down`: I may take it down, with a reason. */
export interface StandingMessage { position: number; recalled: Recalled | null; by_author: boolean; takes_down: boolean }
