/** How BERT cuts a text into words, before each is cut into pieces. */

import { checkArguments, flag, type OptionRules, optionsOf, required, string } from "../../checks/mod.ts";

/** How a text is cleaned. */
export interface BertCleaning {
  /** Writes everything in lower case and drops accents, as the `uncased` models do. Default: true. */
  lowerCase?: boolean;
  /** Drops accents. Default: the value of `lowerCase`. */
  stripAccents?: boolean;
  /** Drops control characters. Default: true. */
  dropControls?: boolean;
  /** Makes every Chinese character a word of its own. Default: true. */
  splitIdeographs?: boolean;
}

/** The rules of BertCleaning. */
export const cleaningRules: OptionRules<BertCleaning> = {
  lowerCase: flag,
  stripAccents: flag,
  dropControls: flag,
  splitIdeographs: flag,
};

/** Control and format characters, those for private use, and what stands for a broken one. */
const noText = /[\p{Cc}\p{Cf}\p{Co}\0\ufffd]/gu;
/** Chinese characters are words of their own: CJK ideographs, their extensions A to E, and compatibility forms. */
const ideograph =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
/** Unicode's punctuation, and every sign of ASCII: `$` and `^` count, too. */
const punctuation = /[\p{P}!-\/:-@\[-`{-~]/gu;

/**
 * The words of a text: cut at spaces, with every punctuation mark and every Chinese character a word of its own.
 *
 * As in the code that was published with BERT (Devlin et al., 1810.04805), and in Hugging Face's: which characters are
 * punctuation and which are accents changes with Unicode's version, that of the browser here and Unicode 8 there.
 *
 * @throws {TypeError} If the text is not a string, or an option is unknown or of the wrong kind.
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
export function bertWords(text: string, cleaning: BertCleaning = {}): string[] {
  checkArguments("cut a text into BERT's words", arguments, {
    text: required(string),
    cleaning: optionsOf<BertCleaning>(cleaningRules),
  });
  return splitBertWords(cleanBertText(text, cleaning));
}

/** A text as BERT reads it: without control characters, spaces around Chinese characters, without accents and capitals. */
export function cleanBertText(text: string, cleaning: BertCleaning = {}): string {
  const { lowerCase = true, stripAccents = lowerCase, dropControls = true, splitIdeographs = true } = cleaning;
  text = text.toWellFormed(); // half a surrogate pair becomes U+FFFD
  if (dropControls) text = text.replace(/[\t\n\r]/g, " ").replace(noText, "").replace(/\p{White_Space}/gu, " ");
  if (splitIdeographs) text = text.replace(ideograph, " $& ");
  if (stripAccents) text = text.normalize("NFD").replace(/\p{Mn}/gu, "");
  // One character at a time: JavaScript alone writes Σ at a word's end as ς.
  return lowerCase ? text.replaceAll("Σ", "σ").toLowerCase() : text;
}

/** A text cut at spaces and around punctuation marks. */
export function splitBertWords(text: string): string[] {
  return text.replace(punctuation, " $& ").split(/\p{White_Space}+/u).filter((word) => word !== "");
}
