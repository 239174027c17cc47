/** The shapes of docs/protocol.md about bots and webhooks. */
import type { PersonMark } from "./types.ts";

export interface Bot {
  id: string; name: string; purpose: string; responsible: PersonMark; state: "waiting" | "active" | "ended"; request: string | null; asked_at: number; has_key: boolean;
}
export type BotEnd = "removed" | "refused" | "withdrawn" | "expired" | "responsible_left" | "responsible_suspended" | "group_closed";
export interface RegisteredBot extends Bot { group: { id: string; name: string; filing_number: string }; ended: BotEnd | null }
export interface BotList { bots: Bot[]; may: { ask: boolean; key: boolean; remove: boolean }; position: number }
export interface BotKey { key: string; url: string }
export interface Webhook {
  id: string; name: string; url: string; kinds: string[]; state: "active" | "disabled"; added_at: number; failures: number; next_at: number | null; old_secret_until: number | null;
}
export interface WebhookList { webhooks: Webhook[]; kinds: string[] }
export interface HookDelivery { position: number | null; kind: string; at: number; status: number | null; problem: string | null; took: number; succeeded: boolean }
