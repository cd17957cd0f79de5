/**
 * Learning byte pair encoding: the most frequent pair of neighbouring tokens becomes a new token, again and again.
 *
 * Gage, "A New Algorithm for Data Compression", 1994; for words, Sennrich et al., 1508.07909. The textbook
 * algorithm recounts all pairs for every merge. Here the tokens form a linked list and every pair keeps its places, so
 * a merge changes only the counts of its neighbours.
 */

import { Heap } from "./heap.ts";

/** Two neighbouring tokens that become one. */
export type Merge = readonly [left: number, right: number];

/** A word as tokens, and how often the text has it. */
export type CountedWord = readonly [tokens: ArrayLike<number>, count: number];

/** A pair of tokens and its places. */
interface Pair {
  readonly left: number;
  readonly right: number;
  /** Its current count in the text. */
  count: number;
  /** The places where it has occurred, in ascending order; some may be outdated. */
  readonly places: number[];
}

const gap = -1; // not a token: between two words, and where a merge used the right token

/** A unique number for a pair of tokens below 2²⁶. */
export function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}

/**
 * The merges of counted words, in order: merge `k` makes token `first + k`.
 *
 * Among equally frequent pairs, the one with the smaller left token is merged first, then the one with the smaller right
 * token. Within a word a merge goes from left to right: `a a a` becomes `aa a`. No two tokens have the same bytes, as
 * the same bytes always merge in the same way.
 *
 * @param first The first new token: greater than every token of the words.
 * @param most The most merges to learn.
 * @param minCount The minimum count of a pair to be merged.
 *
 * @example
 * ```ts
 * import { learnMerges } from "nabla/nn/tokenizers/learn_merges.ts";
 * import assert from "node:assert/strict";
 *
 * const words = [[[0, 1, 2], 5], [[1, 2], 3]] as const; // "abc" five times, "bc" three times
 * assert.deepEqual(learnMerges(words, { first: 3, most: 2 }), [[1, 2], [0, 3]]); // bc eight times; then a·bc five times
 * ```
 */
export function learnMerges(
  words: Iterable<CountedWord>,
  { first, most, minCount = 1 }: { first: number; most: number; minCount?: number },
): Merge[] {
  const { tokens, counts } = layOut(words);
  const previous = Int32Array.from(tokens, (_, i) => i - 1);
  const next = Int32Array.from(tokens, (_, i) => i + 1);

  const pairs = new Map<number, Pair>();
  let made: Pair[] = []; // pairs not yet in the queue
  /** Adds `count` to the pair of the tokens at `i` and at `j`, its neighbour. */
  const change = (i: number, j: number, count: number) => {
    const [left, right] = [tokens[i]!, tokens[j]!];
    if (left === gap || right === gap) return;
    const key = pairKey(left, right);
    let pair = pairs.get(key);
    if (pair === undefined) {
      pair = { left, right, count: 0, places: [] };
      pairs.set(key, pair);
      made.push(pair);
    }
    pair.count += count;
    if (count > 0) pair.places.push(i);
  };
  for (let i = 0; i + 1 < tokens.length; i++) change(i, i + 1, counts[i]!);

  const queue = new Heap<{ pair: Pair; count: number }>((a, b) =>
    (
      a.count - b.count || b.pair.left - a.pair.left || b.pair.right - a.pair.right
    ) > 0
  );
  const merges: Merge[] = [];
  while (merges.length < most) {
    for (const pair of made) queue.push({ pair, count: pair.count });
    made = [];
    const top = queue.pop();
    if (top === undefined) break;
    const { pair, count } = top;
    if (pair.count < minCount) continue;
    if (pair.count < count) { // it has become rarer since it was queued: requeue it
      queue.push({ pair, count: pair.count });
      continue;
    }
    const merged = first + merges.length;
    merges.push([pair.left, pair.right]);
    for (const i of pair.places) {
      const j = next[i]!;
      if (tokens[i] !== pair.left || tokens[j] !== pair.right) continue; // a merge has used one of the two
      const [before, after, n] = [previous[i]!, next[j]!, counts[i]!];
      change(before, i, -n);
      change(j, after, -n);
      tokens[i] = merged;
      tokens[j] = gap;
      next[i] = after;
      previous[after] = i;
      change(before, i, n);
      change(i, after, n);
    }
    pairs.delete(pairKey(pair.left, pair.right));
  }
  return merges;
}

/** All words one after another with a gap around each, and at each place the count of its word. */
function layOut(words: Iterable<CountedWord>): { tokens: Int32Array; counts: number[] } {
  const [tokens, counts] = [[gap], [0]];
  for (const [word, count] of words) {
    for (let i = 0; i < word.length; i++) {
      tokens.push(word[i]!);
      counts.push(count);
    }
    tokens.push(gap);
    counts.push(0);
  }
  return { tokens: Int32Array.from(tokens), counts };
}

/** Counts pieces, in the order in which they first appear. */
export function countPieces(pieces: Iterable<string>, counts: Map<string, number> = new Map()): Map<string, number> {
  for (const piece of pieces) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return counts;
}
