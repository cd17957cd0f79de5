/** Splitting a text into words, before each is split into tokens. */

import { checkArguments, required, type Rule, string, that } from "../../checks/mod.ts";

/**
 * GPT-2's rule: a contraction's ending, or letters, or digits, or other signs, each with the space before it; or spaces.
 *
 * Of several spaces, the last belongs to the word after them. `\s` is written as `\p{White_Space}`, the set of Unicode
 * and of the other implementations: JavaScript's `\s` has U+FEFF and lacks U+0085.
 *
 * Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, section 2.2, and its code.
 *
 * @example
 * ```ts
 * import { gpt2Pattern } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(" we've  12 eggs".match(new RegExp(gpt2Pattern, "gu")), [" we", "'ve", " ", " 12", " eggs"]);
 * ```
 */
export const gpt2Pattern: RegExp =
  /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/u;

/**
 * The matches of a pattern, in order; the text between them becomes separate pieces, so that nothing is lost:
 * `preTokenize(text).join("") === text`.
 *
 * @param pattern One pattern, or several: each splits the pieces of the one before.
 * @throws {TypeError} If a pattern has neither the flag `u` nor `v`, without which it could cut a character in two.
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
export function preTokenize(text: string, pattern: RegExp | readonly RegExp[] = gpt2Pattern): string[] {
  checkArguments("split a text", arguments, { text: required(string), pattern: patternRule });
  let pieces = text === "" ? [] : [text];
  for (const each of pattern instanceof RegExp ? [pattern] : pattern) {
    checkPattern(each);
    pieces = pieces.flatMap((piece) => splitAround(piece, each));
  }
  return pieces;
}

/** The rule of patterns that split a text into words. */
export const patternRule: Rule<RegExp | readonly RegExp[]> = that(
  "a regular expression, or a list of them",
  (value) => value instanceof RegExp || Array.isArray(value) && value.every((item) => item instanceof RegExp),
);

/**
 * Rejects a pattern that could cut a character in two.
 *
 * @throws {TypeError} If it has neither the flag `u` nor `v`.
 */
export function checkPattern(pattern: RegExp): void {
  if (pattern.unicode || pattern.unicodeSets) return;
  throw new TypeError(`Cannot split a text, as the pattern must have the flag u or v: ${String(pattern)}`);
}

/** The matches of a pattern and the texts between them, in order, without empty ones. */
function splitAround(text: string, pattern: RegExp): string[] {
  const pieces: string[] = [];
  let end = 0; // of the last piece
  for (
    const { 0: piece, index } of text.matchAll(new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "") + "g"))
  ) {
    if (index > end) pieces.push(text.slice(end, index));
    if (piece !== "") pieces.push(piece);
    end = index + piece.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}
