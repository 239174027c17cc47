/** Numbers of messages below this one are not told. */
export const FEWEST = 3;

/** Per cent of messages that were hit, with one digit; small shares are not rounded to nothing. */
export function shareOf(found: { messages: number; hits: number | null }): string {
  if (found.messages === 0) return "0";
  if (found.hits === null) return `<${((100 * FEWEST) / found.messages).toFixed(1)}`;
  const share = (100 * found.hits) / found.messages;
  return share > 0 && share < 0.1 ? "<0.1" : share.toFixed(1);
}
