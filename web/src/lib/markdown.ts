/**
 * The little of Markdown that is shown: **bold**, *italic*, ~~struck~~, `code`, ``` blocks, > quotes, - and 1. lists, and links.
 * Nothing of a message becomes HTML: the result names ranges of the text, in code points, and the screen sets them as text.
 *
 * Most people here write plain text, so a mark counts only where it cannot be a part of it: 3*4*5, 好~~的 and a_b stay as they are.
 */

export interface Style { strong?: boolean; em?: boolean; strike?: boolean; code?: boolean; href?: string }
/** A run of the text, from `start` to before `end`, in one style. The marks themselves are in no run. */
export interface Run extends Style { start: number; end: number }
/** `text` is a run of lines as they are; each line of a quote or a list is a block of its own, `label` what stands before it. */
export interface Block { kind: "text" | "quote" | "item" | "code"; label?: string; runs: Run[] }
/** What is further apart than this is no pair of marks: a text full of them is read in little time. */
const LONGEST = 1000;
interface Span { start: number; end: number }

/** A letter that no mark is made of, in the place of what must not be read as one. */
const OPAQUE = "\ue000";
const URL_PATTERN = /https?:\/\/[\x21-\x7e]+/giu;
const WORD = /[\p{L}\p{N}_\ue000]/u;
const ASCII_WORD = /[A-Za-z0-9_]/;

/** Where a link leads, or null when it is not one to follow: http and https only, and no name before the host that could pass for it. */
export function safeLink(text: string): { href: string; host: string } | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!["http:", "https:"].includes(url.protocol) || url.username || url.password || !url.hostname) return null;
  return { href: url.href, host: url.host };
}

/** Cuts a text into blocks. What is in `opaque` (masked, say) is never read as a mark or a link. Offsets are code points. */
export function parse(text: string, opaque: readonly Span[] = []): Block[] {
  const points = Array.from(text);
  for (const span of opaque) for (let i = Math.max(0, span.start); i < Math.min(span.end, points.length); i++) points[i] = OPAQUE;
  const blocks: Block[] = [];
  const lines = linesOf(points);
  const said = lines.map((one) => points.slice(one.start, one.end).join(""));
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n] ?? { start: 0, end: 0 };
    const words = said[n] ?? "";
    const close = /^```[\w+-]*$/.test(words) ? said.indexOf("```", n + 1) : -1;
    const [first, last] = [lines[n + 1], lines[close - 1]];
    if (close > n + 1 && first && last) {
      blocks.push({ kind: "code", runs: [{ start: first.start, end: last.end, code: true }] });
      n = close;
      continue;
    }
    const mark = /^(>|-|\d{1,3}\.) (?=\S)/.exec(words);
    if (mark) {
      const from = line.start + mark[0].length;
      const kind = mark[1] === ">" ? "quote" : "item";
      blocks.push({ kind, ...(kind === "item" && { label: mark[1] === "-" ? "•" : (mark[1] ?? "") }), runs: inline(points, from, line.end) });
      continue;
    }
    const before = blocks.at(-1);
    if (before?.kind === "text") before.runs.push({ start: line.start - 1, end: line.start }, ...inline(points, line.start, line.end));
    else blocks.push({ kind: "text", runs: inline(points, line.start, line.end) });
  }
  for (const block of blocks) block.runs = joined(block.runs);
  return blocks;
}

function linesOf(points: readonly string[]): Span[] {
  const out: Span[] = [];
  let start = 0;
  for (let i = 0; i <= points.length; i++) {
    if (i < points.length && points[i] !== "\n") continue;
    out.push({ start, end: i });
    start = i + 1;
  }
  return out;
}

/** Neighbours of one style become one run: a plain text is a single one. */
function joined(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    const last = out.at(-1);
    const alike = last && last.end === run.start && !run.href && !last.href
      && !last.strong === !run.strong && !last.em === !run.em && !last.strike === !run.strike && !last.code === !run.code;
    if (last && alike) last.end = run.end;
    else if (run.end > run.start) out.push({ ...run });
  }
  return out;
}

const MARKS: readonly { sign: string; style: Style }[] = [
  { sign: "`", style: { code: true } }, { sign: "**", style: { strong: true } }, { sign: "~~", style: { strike: true } }, { sign: "*", style: { em: true } },
];

function inline(points: readonly string[], start: number, end: number, style: Style = {}): Run[] {
  const out: Run[] = [];
  let plain = start;
  const push = (from: number, runs: Run[], to: number): void => {
    if (from > plain) out.push({ start: plain, end: from, ...style });
    out.push(...runs);
    plain = to;
  };
  const links = style.href ? [] : linksIn(points, start, end);
  for (let i = start; i < end; i++) {
    const link = links.find((one) => one.start === i);
    if (link) {
      push(i, [{ start: link.from, end: link.to, ...style, href: link.href }], link.end);
      i = link.end - 1;
      continue;
    }
    for (const { sign, style: more } of MARKS) {
      const close = closing(points, i, end, sign, links);
      if (close < 0) continue;
      const within = { ...style, ...more };
      const from = i + sign.length;
      push(i, more.code ? [{ start: from, end: close, ...within }] : inline(points, from, close, within), close + sign.length);
      i = close + sign.length - 1;
      break;
    }
  }
  if (end > plain) out.push({ start: plain, end, ...style });
  return out;
}

interface Link { start: number; end: number; from: number; to: number; href: string }

/** `[words](address)` and bare addresses between two offsets. */
function linksIn(points: readonly string[], start: number, end: number): Link[] {
  const text = points.slice(start, end).join("");
  /** Offsets of the regular expressions are code units. */
  const point = (unit: number): number => start + Array.from(text.slice(0, unit)).length;
  const out: Link[] = [];
  for (const found of text.matchAll(/\[([^[\]\n]{1,200})\]\((https?:\/\/[\x21-\x7e]+?)\)/giu)) {
    const link = safeLink(found[2] ?? "");
    if (!link) continue;
    const from = point(found.index) + 1;
    out.push({ start: from - 1, end: point(found.index + found[0].length), from, to: from + Array.from(found[1] ?? "").length, href: link.href });
  }
  for (const found of text.matchAll(URL_PATTERN)) {
    const words = trimmed(found[0]);
    const link = safeLink(words);
    const from = point(found.index);
    if (!link || out.some((one) => from >= one.start && from < one.end)) continue;
    if (ASCII_WORD.test(points[from - 1] ?? "")) continue;
    // What is masked right behind may be the rest of the address.
    const to = from + words.length;
    if (points[to] !== OPAQUE) out.push({ start: from, end: to, from, to, href: link.href });
  }
  return out;
}

/** An address without the stops and quotation marks that end the sentence, and without marks around it. */
function trimmed(url: string): string {
  let out = url.split(/["'<>`]|\*\*|~~/)[0] ?? "";
  for (;;) {
    const unpaired = out.endsWith(")") && !out.includes("(");
    if (!/[.,;:!?*\]]$/.test(out) && !unpaired) return out;
    out = out.slice(0, -1);
  }
}

/** Where what `sign` opens at `at` ends, or -1 when it opens nothing there. */
function closing(points: readonly string[], at: number, end: number, sign: string, links: readonly Link[]): number {
  const is = (i: number): boolean => i + sign.length <= end && [...sign].every((one, k) => points[i + k] === one);
  const char = sign[0] ?? "";
  const open = at + sign.length;
  const space = (i: number): boolean => i >= end || /\s/u.test(points[i] ?? " ");
  // A longer row of the same sign is drawing, not marking.
  if (!is(at) || points[at - 1] === char || points[open] === char || space(open) || !mayStand(points[at - 1], sign)) return -1;
  for (let i = open + 1; i < Math.min(end, at + LONGEST); i++) {
    const link = sign === "`" ? undefined : links.find((one) => one.start === i);
    if (link) i = link.end;
    if (!is(i)) continue;
    if (points[i + sign.length] === char || points[i - 1] === char) {
      while (points[i + 1] === char) i++;
      continue;
    }
    if (!space(i - 1) && mayStand(i + sign.length < end ? points[i + sign.length] : undefined, sign)) return i;
  }
  return -1;
}

/** Whether the sign may have this neighbour outside: a single star and tildes stand apart from words, two stars only from Latin ones. */
function mayStand(neighbour: string | undefined, sign: string): boolean {
  if (neighbour === undefined) return true;
  return sign === "`" ? true : sign === "**" ? !ASCII_WORD.test(neighbour) : !WORD.test(neighbour);
}

interface Kept { char: string; at: number }

/** What of a text is read where it is not set: every character with its place, without the marks. */
function kept(text: string, opaque: readonly Span[]): Kept[] {
  const points = Array.from(text);
  return parse(text, opaque).flatMap((block, n) => {
    const before = n > 0 ? "\n" : "";
    const label = block.label && block.label !== "•" ? `${block.label} ` : "";
    const first = block.runs[0]?.start ?? 0;
    const said = block.runs.flatMap((run) => points.slice(run.start, run.end).map((char, i) => ({ char, at: run.start + i })));
    return [...Array.from(before + label, (char) => ({ char, at: first })), ...said];
  });
}
/** A heading is set as it is written; in one line its mark says nothing. */
const HEADING = /^#{1,6} (?=\S)/gmu;

/** A text as it is read in one line: lists, quotes and notifications show no marks. */
export function plain(text: string, opaque: readonly Span[] = []): string {
  return kept(text, opaque).map((one) => one.char).join("").replace(HEADING, "");
}
export const oneLine = (text: string, opaque: readonly Span[] = []): string => plain(text, opaque).replace(/\s+/g, " ");

/** A text without its marks, and where spans of it stand then. */
export function plainWith(text: string, spans: readonly Span[], opaque: readonly Span[] = []): { text: string; spans: Span[] } {
  const all = kept(text, opaque);
  const moved = spans.map(({ start, end }) => ({ start: all.filter((one) => one.at < start).length, end: all.filter((one) => one.at < end).length }));
  return { text: all.map((one) => one.char).join(""), spans: moved.filter((one) => one.end > one.start) };
}
