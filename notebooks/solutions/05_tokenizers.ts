/** One right answer to each exercise of notebook 05. */

/** Six bits go into each byte that continues; the first says how many there are. */
export function utf8(codePoint: number): number[] {
  const continuing = (shift: number) => 0x80 | codePoint >> shift & 0x3f; // 10xxxxxx
  if (codePoint < 0x80) return [codePoint]; // 0xxxxxxx
  if (codePoint < 0x800) return [0xc0 | codePoint >> 6, continuing(0)]; // 110xxxxx
  if (codePoint < 0x10000) return [0xe0 | codePoint >> 12, continuing(6), continuing(0)]; // 1110xxxx
  return [0xf0 | codePoint >> 18, continuing(12), continuing(6), continuing(0)]; // 11110xxx
}

/** Merge by merge, in the order in which they were learnt: each goes through the text once, from left to right. */
export function applyMerges(bytes: number[], merges: [number, number][]): number[] {
  return merges.reduce((tokens, [left, right], k) => {
    const out: number[] = [];
    for (let i = 0; i < tokens.length; i++) {
      const found = tokens[i] === left && tokens[i + 1] === right;
      out.push(found ? 256 + k : tokens[i] ?? NaN);
      if (found) i++; // the right one went into the new token
    }
    return out;
  }, bytes);
}

/** A merge may be of merges: so each of its two is expanded in turn, down to the bytes. */
export function expandTokens(tokens: number[], merges: [number, number][]): number[] {
  return tokens.flatMap((token) => token < 256 ? [token] : expandTokens(merges[token - 256] ?? [], merges));
}

/** The longest piece that fits comes first; where none fits, the whole word is unknown. */
export function longestPieces(word: string, pieces: string[]): string[] {
  const cut: string[] = [];
  for (let start = 0; start < word.length;) {
    let end = word.length;
    const piece = () => (start > 0 ? "##" : "") + word.slice(start, end);
    while (end > start && !pieces.includes(piece())) end--;
    if (end === start) return ["[UNK]"];
    cut.push(piece());
    start = end;
  }
  return cut;
}
