/** Cutting a text into words, before each is cut into tokens. */

/**
 * GPT-2's rule: a contraction's ending, or letters, or digits, or other signs, each with the space before it; or spaces.
 *
 * Of several spaces the last goes to the word behind them. `\s` is spelt `\p{White_Space}`, Unicode's set and that of
 * the other implementations: JavaScript's own `\s` has U+FEFF and lacks U+0085.
 *
 * Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, section 2.2, and its code.
 */
export const gpt2Pattern: RegExp =
  /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/u;

/**
 * The matches of a pattern, in order; what it leaves out becomes pieces of its own, so that nothing is lost:
 * `preTokenize(text).join("") === text`.
 *
 * @throws {TypeError} If the pattern has neither of the flags `u` and `v`: without, it could cut a character in two.
 *
 * @example
 * ```ts
 * import { preTokenize } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(preTokenize("I'll pay  10£!"), ["I", "'ll", " pay", " ", " 10", "£!"]);
 * assert.deepEqual(preTokenize("a-b", /\p{L}/u), ["a", "-", "b"]);
 * ```
 */
export function preTokenize(text: string, pattern: RegExp = gpt2Pattern): string[] {
  if (!pattern.unicode && !pattern.unicodeSets) {
    throw new TypeError(`Cannot split a text, as the pattern must have the flag u or v: ${String(pattern)}`);
  }
  return splitAround(text, pattern).map(({ piece }) => piece);
}

/** The matches of a pattern, and what lies between them, in order; nothing empty. */
export function splitAround(text: string, pattern: RegExp): { piece: string; matched: boolean }[] {
  const flags = pattern.flags.replace(/[gy]/g, "") + "g";
  const pieces: { piece: string; matched: boolean }[] = [];
  let end = 0; // of the last piece
  for (const { 0: piece, index } of text.matchAll(new RegExp(pattern.source, flags))) {
    if (index > end) pieces.push({ piece: text.slice(end, index), matched: false });
    if (piece !== "") pieces.push({ piece, matched: true });
    end = index + piece.length;
  }
  if (end < text.length) pieces.push({ piece: text.slice(end), matched: false });
  return pieces;
}
