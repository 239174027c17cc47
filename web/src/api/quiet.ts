import type { BurnRules, ClauseMark, MessageItem, Named } from "./types.ts";

/** Minutes since midnight; `rest`: also when the organisation does not work. */
export interface OwnQuiet { start: number; end: number; rest: boolean }
/** The roles that may do something in a group, and the clause that says so. */
export interface MayDo { roles: string[]; clause: ClauseMark | null }
/** What quiet hours do with a message now, the calls that I have left, and whether I may mention everybody. */
export interface Rest {
  then: "silent" | "queue" | "refuse" | null; clause: ClauseMark | null; changes_at: number | null; now: number;
  urgent: { left: number; per_week: number; renews_at: number; most_people: number; repeats: number; every_minutes: number; clause: ClauseMark } | null;
  /** Whom a clause lets call here; null where nobody may. */
  urgent_for: MayDo | null;
  all: MayDo & { may: boolean; people: number; left: number };
  burn: BurnRules | null;
  audience: AudienceRules | null;
}
/** Where so many others read a message, its author is told; and where two have taken so many turns, that they may go on elsewhere. */
export interface AudienceRules { members: number; turns: number; minutes: number; direct: boolean; clause: ClauseMark }
export interface Call { group: string; group_name: string; reason: string; rounds: number; item: MessageItem }
export interface CallState { rounds: number; stopped: number | null; called: { person: Named; at: number | null; needless: boolean }[] }
