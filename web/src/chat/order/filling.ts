/** What was begun by a template, for as long as the page is open: closing the sheet loses nothing. */
const parts = new Map<string, Record<string, string>>();

export function kept(group: string): Record<string, string> {
  const found = parts.get(group) ?? {};
  parts.set(group, found);
  return found;
}
