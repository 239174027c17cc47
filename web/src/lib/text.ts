/** Pure functions on text. Offsets are code points, as everywhere in the protocol. */

export interface Piece { text: string; mark: string | null }

/** Cuts `text` at spans given in code points; overlapping or out-of-range spans are clamped. */
export function cut(text: string, spans: readonly { start: number; end: number; mark?: string }[], mark = "on"): Piece[] {
  const points = Array.from(text);
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const out: Piece[] = [];
  let from = 0;
  for (const span of sorted) {
    const start = Math.max(span.start, from);
    const end = Math.min(span.end, points.length);
    if (end <= start) continue;
    if (start > from) out.push({ text: points.slice(from, start).join(""), mark: null });
    out.push({ text: points.slice(start, end).join(""), mark: span.mark ?? mark });
    from = end;
  }
  if (from < points.length) out.push({ text: points.slice(from).join(""), mark: null });
  return out;
}

export const codePoints = (text: string): number => {
  let n = 0;
  for (const _ of text) n++;
  return n;
};

/** Spans (code points) of `@name` for the given names, the longest name first so that 李明 does not cut 李明远. */
export function mentionSpans(text: string, names: readonly { name: string; mark: string }[]): { start: number; end: number; mark: string }[] {
  const points = Array.from(text);
  const sorted = [...names].sort((a, b) => b.name.length - a.name.length);
  const out: { start: number; end: number; mark: string }[] = [];
  for (let i = 0; i < points.length; i++) {
    if (points[i] !== "@") continue;
    for (const { name, mark } of sorted) {
      const wanted = Array.from(name);
      if (wanted.length > 0 && wanted.every((one, k) => points[i + 1 + k] === one)) {
        out.push({ start: i, end: i + 1 + wanted.length, mark });
        i += wanted.length;
        break;
      }
    }
  }
  return out;
}

/** The two characters of an avatar: the last two of a Han name, the first two of a name with a middle dot, initials otherwise. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (/[·•]/.test(trimmed)) return Array.from(trimmed).slice(0, 2).join("");
  if (/^\p{Script=Han}+$/u.test(trimmed)) return Array.from(trimmed).slice(-2).join("");
  const words = trimmed.split(/\s+/).filter(Boolean);
  if (words.length > 1) return ((words[0]?.[0] ?? "") + (words.at(-1)?.[0] ?? "")).toUpperCase();
  return Array.from(trimmed).slice(0, 2).join("");
}

/** The two characters of a group: its short name without the suffix that all of them share. */
export function groupInitials(shortName: string): string {
  const core = shortName.replace(/(工作)?(群|团队|小组)$/u, "");
  return Array.from(core || shortName).slice(0, 2).join("");
}

/** A quiet ground (1 to 8) that stays with an id. */
export function ground(id: string): number {
  let sum = 7;
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) % 9973;
  return (sum % 8) + 1;
}

/** Ids of the picked people whose `@name` still stands in the text. */
export function mentionsIn(text: string, picked: ReadonlyMap<string, string>): string[] {
  const out: string[] = [];
  for (const [id, name] of picked) if (text.includes(`@${name}`)) out.push(id);
  return out;
}

/**
 * A random id of the alphabet that the protocol allows for a `cmid`; works on plain http, where randomUUID is missing.
 * It begins with the time, so that what is sent together stands together in the server's index.
 */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const chance = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  return `${Date.now().toString(36).padStart(9, "0")}-${chance}`;
}
