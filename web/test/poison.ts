/** Texts by which clients of other messengers were made to crash, hang or draw nonsense, each up to the length that the server lets pass. */
const MOST = 10_000;
const fill = (piece: string): string => piece.repeat(Math.ceil(MOST / piece.length)).slice(0, MOST);

export function linesOf(): string[] {
  const pieces = ["*", "**a", "_*", "~~", "`", "```\n", "> ", "- ", "1. ", "[", "](", "[a](", "http://", "https://a.b/?", "@", "@欧阳", "\u0301", "👨‍👩‍👧‍👦", "\ud83d", "\u202e", "\u0000", "\n", " ", "<b>", "&amp;", "{{a}}", "${a}", "\\", "﷽", "జ్ఞా", "\u{e0001}", "🏴", "__proto__ "];
  return [...pieces.map(fill), ...pieces.map((one) => fill(`${one}a `)), ...pieces.map((one) => `${fill(one)}\n${fill("a")}`), pieces.join(""), "", "\ufeff", "\ud800"];
}
