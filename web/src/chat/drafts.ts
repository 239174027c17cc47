import { ref } from "vue";
import { myId } from "../live/store.ts";

/** What I began to write, by group; kept across reloads. */
export const drafts = ref<Record<string, string>>({});
let key = "";

export function openDrafts(): void {
  key = `gj.drafts.${myId()}`;
  try {
    drafts.value = JSON.parse(localStorage.getItem(key) ?? "{}") as Record<string, string>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    drafts.value = {};
  }
}
export function keepDraft(group: string, text: string): void {
  const { [group]: _, ...rest } = drafts.value;
  drafts.value = text.trim() ? { ...rest, [group]: text } : rest;
  localStorage.setItem(key, JSON.stringify(drafts.value));
}
