import { checkArguments, flag, type OptionRules, optionsOf, required, string, that, whole } from "../../checks/mod.ts";
import { AddedTokens } from "./added_tokens.ts";
import { countPieces } from "./learn_merges.ts";
import { checkDecode, checkEncode, documentsOf, type EncodeOptions, trainingText } from "./tokenizer.ts";
import type { Tokenizer, Tokens } from "./tokenizer.ts";
import { Vocabulary } from "./vocabulary.ts";

/** How a text is cleaned before it is cut into words. */
export interface Cleaning {
  /** Convert words to lower case. Default: true. */
  lowerCase?: boolean;
  /** Drop signs outside words; otherwise each becomes a word. Default: true. */
  dropPunctuation?: boolean;
  /** Words to drop, in lower case if `lowerCase` is true. Default: none. */
  stopWords?: ReadonlySet<string>;
}

/** The options of training. */
export interface WordTraining extends Cleaning {
  /** The largest V, including the unknown token. Default: no limit. */
  vocabSize?: number;
  /** The minimum count of a word. Default: 1. */
  minCount?: number;
}

const cleaningRules: OptionRules<Cleaning> = {
  lowerCase: flag,
  dropPunctuation: flag,
  stopWords: that("a Set of words", (value) => value instanceof Set),
};
const cleaningOptions = optionsOf<Cleaning>(cleaningRules);
const training = optionsOf<WordTraining>({
  ...cleaningRules,
  vocabSize: that<number>("a whole number of at least 1, or Infinity", (value) => typeof value === "number"),
  minCount: whole({ min: 1 }),
});
const wordList = that<readonly string[]>(
  "a list of words",
  (value) => Array.isArray(value) && value.every((word) => typeof word === "string"),
);

/** The name of the token of every word that the vocabulary lacks. */
const unknown = "<unk>";
/**
 * An emoji, which may be several characters; or letters and digits, with the apostrophes and hyphens between them; or one
 * other sign. Marks, such as accents and the selector that makes ❤ an emoji, belong to the sign before them. Invisible
 * characters (`\p{DI}`) start no word.
 */
const wordOrSign =
  /\p{RGI_Emoji}|[[\p{L}\p{N}]--\p{DI}][\p{L}\p{M}\p{N}]*(?:['\-][[\p{L}\p{N}]--\p{DI}][\p{L}\p{M}\p{N}]*)*|[^\s\p{L}\p{N}\p{Cc}\p{DI}]\p{M}*/gv;
const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * The words of a text, cleaned.
 *
 * @throws {TypeError} If the text is not a string, or an option is unknown or of the wrong kind.
 *
 * @example
 * ```ts
 * import { cleanWords, englishStopWords } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(cleanWords("Don't panic, it's a well-known fact!"), ["don't", "panic", "it's", "a", "well-known", "fact"]);
 * assert.deepEqual(cleanWords("It is a fact.", { stopWords: englishStopWords }), ["fact"]);
 * assert.deepEqual(cleanWords("Yes?!", { lowerCase: false, dropPunctuation: false }), ["Yes", "?", "!"]);
 * ```
 */
export function cleanWords(text: string, cleaning: Cleaning = {}): string[] {
  checkArguments("clean a text", arguments, { text: required(string), cleaning: cleaningOptions });
  const { lowerCase = true, dropPunctuation = true, stopWords = new Set() } = cleaning;
  const whole = (lowerCase ? text.toLowerCase() : text).normalize("NFC").replaceAll("’", "'"); // one spelling per word
  return (whole.match(wordOrSign) ?? [])
    .filter((word) => !(dropPunctuation && !letterOrDigit.test(word)) && !stopWords.has(word));
}

/**
 * One token per word: the classic representation of texts, and still a good baseline for classification.
 *
 * Token 0 stands for every word that the vocabulary lacks; no text spells it, as `<` and `>` are not part of words.
 * Decoding gives words with a space between them: case, spacing and what cleaning dropped are lost.
 *
 * @example
 * ```ts
 * import { WordTokenizer } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tokenizer = WordTokenizer.train("To be, or not to be.", { vocabSize: 4 });
 * assert.deepEqual(tokenizer.words, ["<unk>", "to", "be", "or"]); // most frequent first
 * assert.deepEqual(tokenizer.encode("Be brave!"), [2, 0]);
 * assert.equal(tokenizer.decode([2, 0]), "be <unk>");
 * ```
 */
export class WordTokenizer implements Tokenizer {
  /** Only the unknown word. */
  readonly specialTokens: ReadonlyMap<string, number> = new Map([[unknown, 0]]);
  readonly #vocabulary: Vocabulary;
  readonly #cleaning: Cleaning;
  readonly #special = new AddedTokens([{ name: unknown, id: 0 }]);

  /**
   * Makes a tokenizer from its words.
   *
   * @param words The vocabulary after the unknown word: token 1, 2 and so on.
   * @throws {TypeError} If a word is empty or repeated.
   */
  constructor(words: readonly string[], cleaning: Cleaning = {}) {
    checkArguments("make a WordTokenizer", arguments, { words: required(wordList), cleaning: cleaningOptions });
    this.#vocabulary = new Vocabulary([unknown, ...words]);
    this.#cleaning = cleaning;
  }

  /**
   * The words of a text, or of several, the most frequent first; ties are in the order of first appearance.
   *
   * @throws {RangeError} If `vocabSize` has no room for the unknown word.
   */
  static train(text: string | Iterable<string>, options: WordTraining = {}): WordTokenizer {
    checkArguments("train a WordTokenizer", arguments, { text: required(trainingText), options: training });
    const { vocabSize = Infinity, minCount = 1, ...cleaning } = options;
    if (!(vocabSize >= 1 && (Number.isInteger(vocabSize) || vocabSize === Infinity))) {
      throw new RangeError(
        `Cannot train a WordTokenizer, as vocabSize must be a whole number, at least 1: ${vocabSize}`,
      );
    }
    const counts = new Map<string, number>();
    for (const document of documentsOf(text)) countPieces(cleanWords(document, cleaning), counts);
    const words = [...counts]
      .filter(([, count]) => count >= minCount)
      .sort(([, a], [, b]) => b - a) // stable
      .map(([word]) => word);
    return new WordTokenizer(words.slice(0, vocabSize - 1), cleaning);
  }

  /** V, the number of words, including the unknown one. */
  get vocabSize(): number {
    return this.#vocabulary.size;
  }

  /** The vocabulary: a word's index is its token. */
  get words(): readonly string[] {
    return this.#vocabulary.pieces;
  }

  /** The tokens of a text; there are no special tokens to add. */
  encode(text: string, options: EncodeOptions = {}): number[] {
    checkEncode(arguments);
    const stretches = this.#special.split(text, options.allowedSpecial);
    return stretches.flatMap((stretch) =>
      "token" in stretch
        ? [stretch.token]
        : cleanWords(stretch.text, this.#cleaning).map((word) => this.#vocabulary.token(word) ?? 0)
    );
  }

  /** Words with a space between them. */
  decode(tokens: Tokens): string {
    checkDecode(arguments);
    return Array.from(tokens, (token) => this.#vocabulary.piece(token)).join(" ");
  }
}
