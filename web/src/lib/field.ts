/** A time as a field of the browser takes it, in local time and whole minutes: 2026-11-28T18:00. */
export function toField(at: number): string {
  const d = new Date(at);
  return new Date(at - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
