/** BERT's splitting of a text into words, before each is split into pieces. */

import { checkArguments, flag, type OptionRules, optionsOf, required, string } from "../../checks/mod.ts";

/** The cleaning of a text. */
export interface BertCleaning {
  /** Convert to lower case and drop accents, as for the `uncased` models. Default: true. */
  lowerCase?: boolean;
  /** Drop accents. Default: the value of `lowerCase`. */
  stripAccents?: boolean;
  /** Drop control characters. Default: true. */
  dropControls?: boolean;
  /** Make every Chinese character a separate word. Default: true. */
  splitIdeographs?: boolean;
}

/** The rules of BertCleaning. */
export const cleaningRules: OptionRules<BertCleaning> = {
  lowerCase: flag,
  stripAccents: flag,
  dropControls: flag,
  splitIdeographs: flag,
};

/** Control, format and private-use characters, and the replacement character. */
const noText = /[\p{Cc}\p{Cf}\p{Co}\0\ufffd]/gu;
/** Chinese characters are separate words: CJK ideographs, their extensions A to E, and compatibility forms. */
const ideograph =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
/** Unicode's punctuation and all ASCII signs, including `$` and `^`. */
const punctuation = /[\p{P}!-\/:-@\[-`{-~]/gu;

/**
 * The words of a text, split at spaces; every punctuation mark and every Chinese character is a separate word.
 *
 * As in the code published with BERT (Devlin et al., 1810.04805), and in Hugging Face's. Which characters are
 * punctuation or accents depends on the Unicode version: the JavaScript engine's here, Unicode 8 there.
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

/** A cleaned text: no control characters, spaces around Chinese characters, no accents and capitals. */
export function cleanBertText(text: string, cleaning: BertCleaning = {}): string {
  const { lowerCase = true, stripAccents = lowerCase, dropControls = true, splitIdeographs = true } = cleaning;
  text = text.toWellFormed(); // half a surrogate pair becomes U+FFFD
  if (dropControls) text = text.replace(/[\t\n\r]/g, " ").replace(noText, "").replace(/\p{White_Space}/gu, " ");
  if (splitIdeographs) text = text.replace(ideograph, " $& ");
  if (stripAccents) text = text.normalize("NFD").replace(/\p{Mn}/gu, "");
  // One character at a time, as JavaScript lower-cases a final Σ to ς.
  return lowerCase ? text.replaceAll("Σ", "σ").toLowerCase() : text;
}

/** Splits a text at spaces and around punctuation marks. */
export function splitBertWords(text: string): string[] {
  return text.replace(punctuation, " $& ").split(/\p{White_Space}+/u).filter((word) => word !== "");
}
