/**
 * Which elements dropout keeps: a random number for each index, computed from the index and a seed alone.
 *
 * Such a generator has no state for devices or threads to share (Salmon et al., "Parallel random numbers: as easy as 1,
 * 2, 3", 2011). Ours is a Feistel network: it cuts the index into two halves of 12 bits; each round adds a scrambled
 * function of one half to the other, and swaps the two. Whatever the function, that is a permutation of the numbers
 * below 2²⁴, so every value occurs once. All arithmetic stays below 2²⁴, where float32 is exact: a GPU without integers
 * draws the same mask.
 */

import { mixBits } from "./mix_bits.ts";

/** Half an index, and a round's key, are below this. */
const HALF = 4096;

/** The number of indices that share a set of keys; the random numbers are below it. */
export const DROPOUT_RANGE = HALF * HALF;

/** Four rounds pass the statistical tests; two more are for safety. */
const ROUNDS = 6;

/** The round keys for the indices `block · 2²⁴ ≤ i < (block + 1) · 2²⁴`, six whole numbers below 4096. */
export function dropoutKeys(seed: number, block: number): Int32Array<ArrayBuffer> {
  let state = mixBits((seed >>> 0) ^ mixBits(block));
  return Int32Array.from({ length: ROUNDS }, () => {
    state = (state + 0x9e3779b9) >>> 0; // the golden ratio's fraction, in 32 bits: such steps do not line up
    return mixBits(state) % HALF;
  });
}

/** The random number, from 0 to 2²⁴ − 1, of an index below 2²⁴. */
export function dropoutRandom(index: number, keys: Int32Array): number {
  let left = Math.floor(index / HALF);
  let right = index % HALF;
  for (const key of keys) {
    const x = (right * 1229 + key) % HALF; // an odd factor spreads neighbours apart
    const scrambled = Math.floor(x * x / 64); // the middle digits of a square depend on all digits of the root
    [left, right] = [right, (left + scrambled) % HALF];
  }
  return left * HALF + right;
}

/** The least random number of an element that is kept. */
export function dropoutThreshold(rate: number): number {
  return Math.round(rate * DROPOUT_RANGE);
}
