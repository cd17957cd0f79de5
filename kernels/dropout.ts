/**
 * Which elements dropout keeps: a random number for each index, computed from the index and a seed alone.
 *
 * Such a generator has no state that devices or threads would have to share (Salmon et al., "Parallel random numbers:
 * as easy as 1, 2, 3", 2011). Ours is a Feistel network: it cuts the index into two halves of 12 bits and, round by
 * round, swaps them after adding to one a scrambled function of the other. That is a permutation of the numbers below
 * 2²⁴ whatever the function, so that every value occurs once. All its arithmetic stays below 2²⁴, where float32 is
 * exact: a GPU without integers draws the same mask.
 */

/** A half of the index, and a round's key, is below this. */
const HALF = 4096;

/** How many indices share a set of keys, and below what the random numbers are. */
export const DROPOUT_RANGE = HALF * HALF;

/** Four rounds pass the tests of chance already; two more are for safety. */
const ROUNDS = 6;

/** The round keys for the indices `block · 2²⁴ ≤ i < (block + 1) · 2²⁴`, six whole numbers below 4096. */
export function dropoutKeys(seed: number, block: number): Int32Array<ArrayBuffer> {
  let state = mix((seed >>> 0) ^ mix(block));
  return Int32Array.from({ length: ROUNDS }, () => {
    state = (state + 0x9e3779b9) >>> 0; // the golden ratio's fraction, in 32 bits: steps that do not line up
    return mix(state) % HALF;
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

/** An element is kept if its random number is at least this. */
export function dropoutThreshold(rate: number): number {
  return Math.round(rate * DROPOUT_RANGE);
}

/** Scrambles 32 bits, so that neighbours have nothing in common (the finishing step of MurmurHash3). */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
