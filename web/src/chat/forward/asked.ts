import { shallowRef } from "vue";

/** What is about to be forwarded; null while nothing is. */
export const asked = shallowRef<{ group: string; positions: readonly number[]; merged: boolean } | null>(null);

/**
 * Asks where to forward these messages of a group to: as one, or one by one. Without `group` they are of the chat that is open.
 * For whoever lets people choose messages.
 */
export function openForward(positions: readonly number[], merged: boolean, group = /^\/chat\/([^/?]+)/.exec(location.pathname)?.[1] ?? ""): void {
  if (group && positions.length > 0) asked.value = { group: decodeURIComponent(group), positions, merged };
}
