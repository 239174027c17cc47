/** The shapes of docs/protocol.md about notices. */
import type { ClauseMark, Named, PersonMark } from "./types.ts";

export interface Notice {
  id: string; title: string; version: number; asked_version: number; issuer: PersonMark; state: "open" | "withdrawn"; published_at: number;
  asked_at: number; due_at: number; reminded_at: number | null; quiz: number;
  /** `again`: an earlier version was acknowledged. */
  mine: { acknowledged_at: number | null; late: boolean; again: boolean; tries: number } | null;
  figures: { people: number; acknowledged: number; late: number } | null;
  at_deadline: { people: number; acknowledged: number } | null;
}
/** Past its deadline, with who is missing: of the issuer's all, of a head's their own people. */
export interface LateNotice extends Notice { missing: { people: number; first: PersonMark[] } }
export interface NoticeQuestion { text: string; choices: string[]; several: boolean; right?: number[] }
export interface OpenedNotice extends Notice {
  text: string; questions: NoticeQuestion[]; clause: ClauseMark | null; remind_from: number | null;
  withdrawn: { at: number; reason: string } | null;
  versions: { version: number; at: number; position: number; editorial: boolean; reason: string; title: string; text: string }[];
  may: { acknowledge: boolean; manage: boolean; roster: boolean };
}
export interface NoticeList { notices: Notice[]; position: number }
export interface NoticeAudience { unit_ids: string[]; posts: string[]; group_ids: string[]; person_ids: string[] }
export interface NoticePreview { people: number; left_out: number; due_at: number; units: { unit: Named | null; people: Named[] }[] }
export interface NoticeOptions {
  units: { id: string; name: string; parent_id: string | null; people: number }[]; posts: { title: string; people: number }[];
  groups: { id: string; name: string; people: number }[]; hours: { usual: number; most: number }; pass_percent: number;
}
export interface NoticeAnswered { acknowledged: boolean; questions: number; wrong: number[] }
export interface NoticeRoster {
  units: {
    unit: Named | null; people: number; acknowledged: number; missing: { person: PersonMark; tries: number }[];
    done: { person: PersonMark; at: number; late: boolean; tries: number }[];
  }[];
}
