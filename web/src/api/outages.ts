/** The shapes of docs/protocol.md about reports of outages. */
import type { Named, PersonMark } from "./types.ts";

export type Outage = "receive" | "send" | "answer" | "offline";
/** `until` null: it went on when it was reported. */
export interface OutageReport {
  id: number; person: PersonMark; unit: Named | null; outage: Outage; since: number; until: number | null; reported_at: number; words: string;
  handled: { id: number; by: PersonMark; at: number; answer: string } | null;
}
export interface OutageList {
  reports: OutageReport[]; open: number; position: number;
  figures: { days: number; hours: { at: number; reports: number }[]; units: { unit: Named | null; reports: number }[] };
}
