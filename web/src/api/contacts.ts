/** The shapes of docs/protocol.md about telephone numbers and e-mail addresses. */
import type { ClauseMark, PersonMark } from "./types.ts";

/** What is empty there is none of, or the rules keep it back. */
export interface Reach { phone: string; email: string }
export interface Contact extends PersonMark, Reach { posts: string[]; spelled: string[] }
/** So many `days` a device keeps them; 0 for not at all. */
export interface ContactList { contacts: Contact[]; days: number; clause: ClauseMark | null; position: number }
/** `contact` null: it is not mine to see. */
export interface ContactAnswer { contact: Reach | null; clause: ClauseMark | null; position: number }
