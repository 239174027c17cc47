import { plainWith } from "../../lib/markdown.ts";
import { cut } from "../../lib/text.ts";
import type { Piece } from "../../lib/text.ts";

const BEFORE = 24;
const MOST = 160;

/** The part of a text, without marks, around its first span, cut at all spans; `…` stands where it was shortened. Offsets are code points. */
export function snippet(whole: string, found: readonly { start: number; end: number }[], masked: readonly { start: number; end: number }[] = []): Piece[] {
  const { text, spans } = plainWith(whole, found, masked);
  const points = Array.from(text);
  const first = spans[0]?.start ?? 0;
  const from = points.length <= MOST ? 0 : Math.max(0, Math.min(first - BEFORE, points.length - MOST));
  const to = Math.min(points.length, from + MOST);
  const moved = spans.map(({ start, end }) => ({ start: start - from, end: end - from }));
  const pieces = cut(points.slice(from, to).join(""), moved.filter((one) => one.end > 0).map((one) => ({ ...one, start: Math.max(0, one.start) })));
  if (from > 0) pieces.unshift({ text: "…", mark: null });
  if (to < points.length) pieces.push({ text: "…", mark: null });
  return pieces;
}
