import { post } from "./client.ts";
import type { PersonMark, PersonRow } from "./types.ts";

/** Whether I may write to somebody alone; `refusal` is what a message there would be answered with. */
export interface DirectAnswer {
  group: string | null; person: PersonRow; /** Whether I block them. */ blocked: boolean; refusal: { code: string; message: string; data: Record<string, unknown> } | null; position: number;
}

/** Somebody whom I block, since when. */
export interface Block { person: PersonMark; at: number }

/** The direct conversation with a person, opened if there is none; throws the refusal. */
export async function openDirect(person: string): Promise<string> {
  return (await post<{ group: string }>("/direct", { person })).group;
}
