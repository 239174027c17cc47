/**
 * Puts a text on the clipboard; false when it did not get there. A site on plain http is given no clipboard, so the old way through a
 * field has to do there.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    const before = document.activeElement;
    field.value = text;
    field.className = "sr";
    // A sheet lets the focus nowhere else.
    (before?.closest("[role=dialog]") ?? document.body).append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (before instanceof HTMLElement) before.focus();
    return done;
  }
}
