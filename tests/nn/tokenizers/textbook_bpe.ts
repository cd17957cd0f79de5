/** Textbook byte pair encoding, which recounts everything for each merge: the oracle. */

import { preTokenize } from "../../../nn/tokenizers/pre_tokenize.ts";
import { bytesOf } from "../../../nn/tokenizers/bytes.ts";

type Pair = [left: number, right: number];

/** `word` with every `pair`, from left to right, as the token `merged`. */
function merge(word: readonly number[], [left, right]: Pair, merged: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < word.length; i++) {
    if (word[i] === left && word[i + 1] === right) {
      out.push(merged);
      i++;
    } else out.push(word[i]!);
  }
  return out;
}

/** The merges of words: the most frequent pair each time; among ties, the smallest numbers. */
export function textbookMerges(
  words: readonly (readonly number[])[],
  first: number,
  most: number,
  minCount = 1,
): Pair[] {
  const merges: Pair[] = [];
  while (merges.length < most) {
    const counts = new Map<string, number>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = `${word[i]} ${word[i + 1]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const [best] = [...counts]
      .map(([pair, count]) => ({ pair: pair.split(" ").map(Number) as Pair, count })) // of two numbers
      .filter(({ count }) => count >= minCount)
      .sort((a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
    if (best === undefined) break;
    words = words.map((word) => merge(word, best.pair, first + merges.length));
    merges.push(best.pair);
  }
  return merges;
}

/** The bytes of a text's words. */
export function wordsOf(text: string): number[][] {
  return preTokenize(text).map((word) => [...bytesOf(word)]);
}

/** The tokens of a text: the bytes of each word, after all merges in order. */
export function textbookEncode(merges: readonly (readonly [number, number])[], text: string): number[] {
  return wordsOf(text).flatMap((word) =>
    merges.reduce((tokens, [left, right], rank) => merge(tokens, [left, right], 256 + rank), word)
  );
}
