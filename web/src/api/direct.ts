import { post } from "./client.ts";

/** The direct conversation with a person, opened if there is none; throws the refusal. */
export async function openDirect(person: string): Promise<string> {
  return (await post<{ group: string }>("/direct", { person })).group;
}
