/** How BERT cuts a text into words, before each is cut into pieces. */

/** How a text is cleaned. */
export interface BertCleaning {
  /** Write everything in lower case and drop accents, as the `uncased` models do: yes, if nothing is said. */
  lowerCase?: boolean;
  /** Drop accents: as `lowerCase`, if nothing is said. */
  stripAccents?: boolean;
}

/** Control and format characters, and what stands for a broken one. */
const noText = /[\p{Cc}\p{Cf}\0\ufffd]/gu;
/** Chinese characters are words of their own: CJK ideographs, their extensions A to E, and compatibility forms. */
const ideograph =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
/** Unicode's punctuation, and every sign of ASCII: `$` and `^` count, too. */
const punctuation = /[\p{P}!-\/:-@\[-`{-~]/gu;

/**
 * The words of a text: cut at spaces, with every punctuation mark and every Chinese character a word of its own.
 *
 * As in the code that was published with BERT (Devlin et al., 1810.04805). Hugging Face's fast version differs in what
 * hardly a text has: it drops characters for private use, and knows no punctuation younger than Unicode 8.
 *
 * @example
 * ```ts
 * import { bertWords } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(bertWords("Crème brûlée, $5!"), ["creme", "brulee", ",", "$", "5", "!"]);
 * assert.deepEqual(bertWords("Crème 東京", { lowerCase: false }), ["Crème", "東", "京"]);
 * ```
 */
export function bertWords(text: string, { lowerCase = true, stripAccents = lowerCase }: BertCleaning = {}): string[] {
  const apart = text
    .toWellFormed() // half a surrogate pair becomes U+FFFD
    .replace(/[\t\n\r]/g, " ") // control characters that are spaces
    .replace(noText, "")
    .replace(ideograph, " $& ");
  return apart.split(/\s+/).flatMap((word) => {
    if (lowerCase) word = word.toLowerCase();
    if (stripAccents) word = word.normalize("NFD").replace(/\p{Mn}/gu, "");
    return word.replace(punctuation, " $& ").split(" ").filter((part) => part !== "");
  });
}
