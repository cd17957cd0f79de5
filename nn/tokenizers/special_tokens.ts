/** Special tokens in a text: they count only where the caller allows them. */

import { splitAround } from "./pre_tokenize.ts";
import type { EncodeOptions } from "./tokenizer.ts";

/** A stretch of plain text, or one special token. */
export type Stretch = { readonly text: string } | { readonly special: number };

/**
 * A text, cut at the names of the special tokens that are allowed; of two names that fit at a place, the longer.
 *
 * @throws {RangeError} If one that is allowed does not exist.
 *
 * @example
 * ```ts
 * import { splitAtSpecial } from "nabla/nn/tokenizers/special_tokens.ts";
 * import assert from "node:assert/strict";
 *
 * const special = new Map([["<|end|>", 9]]);
 * assert.deepEqual(splitAtSpecial("a<|end|>b", special, "all"), [{ text: "a" }, { special: 9 }, { text: "b" }]);
 * assert.deepEqual(splitAtSpecial("a<|end|>b", special, []), [{ text: "a<|end|>b" }]);
 * ```
 */
export function splitAtSpecial(
  text: string,
  specialTokens: ReadonlyMap<string, number>,
  allowed: EncodeOptions["allowedSpecial"] = [],
): Stretch[] {
  const names = allowed === "all" ? [...specialTokens.keys()] : [...allowed];
  for (const name of names) {
    if (!specialTokens.has(name)) {
      const known = [...specialTokens.keys()].map((known) => JSON.stringify(known)).join(", ") || "none";
      throw new RangeError(
        `Cannot allow a special token that the vocabulary lacks: ${JSON.stringify(name)}; it has ${known}`,
      );
    }
  }
  if (names.length === 0) return text === "" ? [] : [{ text }];
  const longestFirst = names.sort((a, b) => b.length - a.length).map((name) => RegExp.escape(name)).join("|");
  return splitAround(text, new RegExp(longestFirst, "u"))
    .map(({ piece, matched }) => matched ? { special: specialTokens.get(piece)! } : { text: piece });
}

/**
 * Refuses names that cannot be found again in a text.
 *
 * @throws {TypeError} If a name is empty, there twice, or holds half a surrogate pair.
 */
export function checkSpecialNames(names: readonly string[]): void {
  names.forEach((name, i) => {
    const rule = name === ""
      ? "be empty"
      : !name.isWellFormed()
      ? "hold half a surrogate pair"
      : names.indexOf(name) < i
      ? "be there twice"
      : undefined;
    if (rule !== undefined) {
      throw new TypeError(`Cannot use a special token, as its name must not ${rule}: ${JSON.stringify(name)}`);
    }
  });
}
