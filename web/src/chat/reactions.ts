/** The twelve reactions, as words: they read alike on every screen, whatever fonts it has. */
import { at, del, put } from "../api/client.ts";
import type { MessageItem, ReactionName } from "../api/types.ts";
import { c } from "../i18n/chat.ts";

export const REACTIONS: readonly ReactionName[] = [
  "received", "ok", "good", "thanks", "done", "strong", "cheer", "flower", "smile", "watching", "question", "sorry",
];
export const wordOf = (reaction: ReactionName): string => c(`re.${reaction}`);

/** Gives a reaction or takes it back; the screen changes when the fact arrives. Throws ApiError. */
export async function react(item: MessageItem, reaction: ReactionName, me: string): Promise<void> {
  const given = item.message.reactions?.some((one) => one.reaction === reaction && one.people.some((person) => person.id === me));
  const path = `/groups/${at(item.group)}/messages/${item.position}/reactions/${reaction}`;
  await (given ? del(path) : put(path, undefined));
}
