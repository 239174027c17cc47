/** The shapes of docs/protocol.md about dictionaries, documents and exemptions of one's own. */
import type { Bilingual, ClauseMark, Named } from "./types.ts";

export interface OwnDictionary {
  id: string; title: string; category: string; count: number; state: "off" | "on" | "ended"; disposition: string | null; classes: string[];
  use: string | null; clause: ClauseMark | null; added_at: number; added_by: Named | null; tried: { messages: number; hits: number | null } | null;
}
export interface DictionaryList {
  dictionaries: OwnDictionary[]; uses: { id: string; clause: ClauseMark }[]; classes: { id: string; title: Bilingual }[]; dispositions: string[];
  rules: string[]; position: number;
}
export interface OwnDocument {
  id: string; title: string; level: string; count: number; disposition: string; classes: string[]; use: string; clause: ClauseMark | null;
  unread: string[]; registered_at: number; registered_by: Named | null; ended_at: number | null;
}
export interface DocumentList {
  documents: OwnDocument[]; uses: { id: string; clause: ClauseMark }[]; levels: { id: string; title: Bilingual }[];
  classes: { id: string; title: Bilingual }[]; dispositions: string[]; position: number;
}
export interface ListReport {
  dictionary: OwnDictionary | null; count: number; duplicates: number; unusable: number; samples: { line: number; term: string }[]; common: string[]; large: boolean;
}
export interface Trial { messages: number; hits: number | null; terms: { term: string; messages: number }[]; noise: string[] }
export interface Exemption {
  id: string; person: Named | null; group: Named | null; rule: string; until: number; reason: string; granted_at: number; granted_by: Named | null;
  ended_at: number | null;
}
