import type { ClauseMark, Named } from "./types.ts";

/** Somebody cannot answer until then; `reason` may be empty. */
export interface Absence { until: number; reason: string }
/** What a person says of themselves now; null: they can answer. */
export interface Absent { person: Named; absence: Absence | null }
export interface AbsenceList { absences: Absent[]; position: number }
/** What I say, how far the rules let it reach, and times at hand: when work ends today, and begins on the next day that works. */
export interface OwnAbsence { absence: Absence | null; most_days: number; needs_reason: boolean; clause: ClauseMark | null; off_work: number | null; next_work: number | null }
