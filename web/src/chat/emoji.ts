const KEPT = "gj.emoji";
const MOST = 9;

/** Those chosen last in this browser, the latest first. */
export function lately(): string[] {
  return (localStorage.getItem(KEPT) ?? "").split(" ").filter(Boolean).slice(0, MOST);
}
export function used(emoji: string): void {
  localStorage.setItem(KEPT, [emoji, ...lately().filter((one) => one !== emoji)].slice(0, MOST).join(" "));
}
/** Puts words where the caret is, in place of what is marked, as if they were typed. */
export function putAt(field: HTMLTextAreaElement | undefined, words: string): void {
  if (!field) return;
  field.focus();
  field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
