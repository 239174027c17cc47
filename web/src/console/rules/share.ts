/** Per cent of messages that were hit, with one digit; small shares are not rounded to nothing. */
export function shareOf(found: { messages: number; hits: number }): string {
  if (found.messages === 0) return "0";
  const share = (100 * found.hits) / found.messages;
  return share > 0 && share < 0.1 ? "<0.1" : share.toFixed(1);
}
