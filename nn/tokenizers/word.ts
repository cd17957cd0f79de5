import { countPieces } from "./learn_merges.ts";
import { checkText, type Tokenizer, type Tokens } from "./tokenizer.ts";
import { Vocabulary } from "./vocabulary.ts";

/** How a text is cleaned before it is cut into words. */
export interface Cleaning {
  /** Write all words in lower case: yes, if nothing is said. */
  lowerCase?: boolean;
  /** Drop every sign that is no part of a word: yes, if nothing is said. Otherwise each becomes a word. */
  dropPunctuation?: boolean;
  /** Words to drop, in the case that `lowerCase` leaves them in: none, if none are given. */
  stopWords?: ReadonlySet<string>;
}

/** Which words of a text to take into the vocabulary. */
export interface WordTraining extends Cleaning {
  /** V, the number of tokens to end with at most, the unknown one among them. */
  vocabSize?: number;
  /** Words that the text has less often are left out: 1, if none is given. */
  minCount?: number;
}

/** The name of the token of every word that the vocabulary lacks. */
const unknown = "<unk>";
/** Letters and digits, with the apostrophes and hyphens between them; or one other sign. */
const wordOrSign = /[\p{L}\p{M}\p{N}]+(?:['-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;
const letterOrDigit = /[\p{L}\p{M}\p{N}]/u;

/**
 * The words of a text, cleaned.
 *
 * @throws {TypeError} If the text is no string.
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
export function cleanWords(
  text: string,
  { lowerCase = true, dropPunctuation = true, stopWords = new Set() }: Cleaning = {},
): string[] {
  checkText(text);
  const whole = (lowerCase ? text.toLowerCase() : text).normalize("NFC").replaceAll("’", "'"); // one spelling a word
  return (whole.match(wordOrSign) ?? [])
    .filter((word) => !(dropPunctuation && !letterOrDigit.test(word)) && !stopWords.has(word));
}

/**
 * One token a word: how texts were read before language models wrote them, and still the first thing to try for
 * classification.
 *
 * Token 0 stands for every word that the vocabulary lacks; no text spells it, as `<` and `>` are no part of a word.
 * Decoding gives words with a space between them: case, spacing and what cleaning dropped are gone.
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
  readonly specialTokens: ReadonlyMap<string, number> = new Map([[unknown, 0]]);
  readonly #vocabulary: Vocabulary;
  readonly #cleaning: Cleaning;

  /**
   * @param words The vocabulary after the unknown word: token 1, 2 and so on.
   * @throws {TypeError} If a word is empty or there twice.
   */
  constructor(words: readonly string[], cleaning: Cleaning = {}) {
    this.#vocabulary = new Vocabulary([unknown, ...words]);
    this.#cleaning = cleaning;
  }

  /**
   * The words of a text, or of several, the most frequent first; of equally frequent ones, that which comes first.
   *
   * @throws {RangeError} If `vocabSize` has no room for the unknown word.
   */
  static train(
    text: string | Iterable<string>,
    { vocabSize = Infinity, minCount = 1, ...cleaning }: WordTraining = {},
  ): WordTokenizer {
    if (!(vocabSize >= 1)) {
      throw new RangeError(`Cannot train a WordTokenizer, as vocabSize must be at least 1: ${vocabSize}`);
    }
    const counts = new Map<string, number>();
    for (const document of typeof text === "string" ? [text] : text) {
      countPieces(cleanWords(document, cleaning), counts);
    }
    const words = [...counts]
      .filter(([, count]) => count >= minCount)
      .sort(([, a], [, b]) => b - a) // stable
      .map(([word]) => word);
    return new WordTokenizer(words.slice(0, vocabSize - 1), cleaning);
  }

  get vocabSize(): number {
    return this.#vocabulary.size;
  }

  /** The vocabulary: a word's place is its token. */
  get words(): readonly string[] {
    return this.#vocabulary.pieces;
  }

  encode(text: string): number[] {
    return cleanWords(text, this.#cleaning).map((word) => this.#vocabulary.token(word) ?? 0);
  }

  decode(tokens: Tokens): string {
    return Array.from(tokens, (token) => this.#vocabulary.piece(token)).join(" ");
  }
}
