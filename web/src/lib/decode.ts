const MARKS: readonly [mark: readonly number[], encoding: string][] = [[[0xff, 0xfe], "utf-16le"], [[0xfe, 0xff], "utf-16be"]];
/** Without a mark: UTF-8 refuses nearly everything that is not UTF-8, so it is tried first; GB18030 is what spreadsheets write in China. */
const GUESSES = ["utf-8", "gb18030"];

/** The text of a file in UTF-16 with a mark, UTF-8 or GB18030, without the mark; null when it is none of them. */
export function decode(bytes: Uint8Array): string | null {
  const marked = MARKS.find(([mark]) => mark.every((one, n) => bytes[n] === one));
  for (const encoding of marked ? [marked[1]] : GUESSES) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return null;
}
