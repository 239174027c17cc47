/**
 * What a browser keeps under a person's id is theirs, also which hints they have put aside and which answers they have seen: it says
 * what groups they are in and that they were here. What has no id is how this device looks and sounds, and stays.
 */
export function forgetPerson(person: string, places: readonly Storage[]): void {
  if (!person) return;
  for (const place of places) {
    const names = Array.from({ length: place.length }, (_, n) => place.key(n) ?? "");
    for (const name of names) if (name.startsWith("gj.") && name.endsWith(`.${person}`)) place.removeItem(name);
  }
}
