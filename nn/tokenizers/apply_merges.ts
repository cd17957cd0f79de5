/** Applying byte pair encoding: the learned merges turn a word into tokens. */

import { Heap } from "./heap.ts";
import { pairKey } from "./learn_merges.ts";

/** The merge of a pair of tokens. */
export interface RankedMerge {
  /** The rank of the merge: lower ranks are applied first. */
  readonly rank: number;
  /** The token that it makes. */
  readonly made: number;
}

const gone = -1; // not a token: merged into the one before it

/**
 * The tokens of a word after all applicable merges. The merge with the lowest rank is applied first, leftmost first.
 *
 * The pairs are kept in a priority queue, so that even a word of a million bytes takes n·log n steps.
 *
 * @param merges The merge of each pair, by its `pairKey`.
 *
 * @example
 * ```ts
 * import { applyMerges } from "nabla/nn/tokenizers/apply_merges.ts";
 * import { pairKey } from "nabla/nn/tokenizers/learn_merges.ts";
 * import assert from "node:assert/strict";
 *
 * const merges = new Map([[pairKey(1, 2), { rank: 0, made: 7 }], [pairKey(0, 7), { rank: 1, made: 8 }]]);
 * assert.deepEqual(applyMerges([0, 1, 2, 2], merges), [8, 2]);
 * ```
 */
export function applyMerges(word: Iterable<number>, merges: ReadonlyMap<number, RankedMerge>): number[] {
  const tokens = Array.from(word);
  const n = tokens.length;
  const previous = tokens.map((_, i) => i - 1);
  const next = tokens.map((_, i) => i + 1);
  const mergeAt = (i: number) => {
    return i < 0 || next[i]! >= n ? undefined : merges.get(pairKey(tokens[i]!, tokens[next[i]!]!));
  };
  const queue = new Heap<{ merge: RankedMerge; i: number }>((a, b) =>
    a.merge.rank < b.merge.rank || a.merge.rank === b.merge.rank && a.i < b.i
  );
  const enqueue = (i: number) => {
    const merge = mergeAt(i);
    if (merge !== undefined) queue.push({ merge, i });
  };
  for (let i = 0; i < n; i++) enqueue(i);
  for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
    const { merge, i } = top;
    if (tokens[i] === gone || mergeAt(i) !== merge) continue; // another merge has used one of the two
    const j = next[i]!;
    const after = next[j]!;
    tokens[i] = merge.made;
    tokens[j] = gone;
    next[i] = after;
    if (after < n) previous[after] = i;
    enqueue(previous[i]!);
    enqueue(i);
  }
  return tokens.filter((token) => token !== gone);
}
