import { checkArguments, number, required } from "../../checks/mod.ts";
import { type AddedToken, AddedTokens, checkSpecialNames } from "./added_tokens.ts";
import { applyMerges } from "./apply_merges.ts";
import { bytesOf, textOf } from "./bytes.ts";
import {
  type BytePairSettings,
  type BytePairTraining,
  mergesRule,
  settingsRule,
  trainingRule,
} from "./byte_pair_options.ts";
import { type BytePairVocabulary, readMerges } from "./byte_pair_vocabulary.ts";
import { pieceOfBytes } from "./byte_characters.ts";
import { countPieces, learnMerges, type Merge } from "./learn_merges.ts";
import { checkPattern, gpt2Pattern, preTokenize } from "./pre_tokenize.ts";
import { bareTemplate, checkTemplate, fillPair, fillTemplate, type Template } from "./template.ts";
import {
  checkDecode,
  checkEncode,
  checkPair,
  checkToken,
  documentsOf,
  type EncodeOptions,
  trainingText,
} from "./tokenizer.ts";
import type { Encoding, Tokenizer, Tokens } from "./tokenizer.ts";

const byteCount = 256;
const rememberedWords = 50_000; // a cache, as most words of a text have been seen before

/**
 * Byte-level byte pair encoding, the tokenizer of GPT-2: a text is a list of bytes, and frequent neighbours become one
 * token.
 *
 * Every byte is a token, so `decode(encode(text)) === text` for every JavaScript string, even with half of a surrogate
 * pair (see bytes.ts). Tokens 0 to 255 are the bytes, followed by one token per merge, in the order of learning, and
 * the special tokens. A tokenizer read from files keeps their numbers.
 *
 * Sennrich et al., 1508.07909; on bytes: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.
 *
 * @example
 * ```ts
 * import { BytePairTokenizer } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tokenizer = BytePairTokenizer.train("low low low lower lowest", { vocabSize: 259 });
 * assert.deepEqual(tokenizer.merges, [[108, 111], [256, 119], [32, 257]]); // l·o, lo·w, ␣·low
 * assert.deepEqual(tokenizer.encode("low lower"), [257, 258, 101, 114]); // low, ␣low, e, r
 * assert.equal(tokenizer.decode([257, 258, 101, 114]), "low lower");
 * ```
 */
export class BytePairTokenizer implements Tokenizer {
  /** V, the size of the vocabulary: one more than the largest token. */
  readonly vocabSize: number;
  /** The tokens that stand for no text, by name. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** The pairs that are merged, in the order of learning. */
  readonly merges: readonly Merge[];
  /** The patterns that split a text into words; each splits the pieces of the one before. */
  readonly patterns: readonly RegExp[];
  /** The token of every piece, written as in GPT-2's files; without special tokens, unless files list them. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** All tokens that are found in a text by name, including special ones. */
  readonly addedTokens: readonly AddedToken[];
  /** The template around one text or two. */
  readonly template: Template;
  /** Whether a space is added before a text that does not begin with one. */
  readonly addPrefixSpace: boolean;
  /** Whether a word that is in the vocabulary becomes that token, regardless of merges. */
  readonly wholeWords: boolean;
  /** The Unicode normalization of every text, if any. */
  readonly normalization: BytePairSettings["normalization"];
  readonly #vocabulary: BytePairVocabulary;
  readonly #added: AddedTokens;
  readonly #words = new Map<string, readonly number[]>();

  /**
   * Makes a tokenizer from its merges.
   *
   * @param merges Pairs of tokens: bytes, `0 … 255`, and results of earlier merges, from 256 on. A merge with the same
   * bytes as an earlier one makes the same token.
   * @throws {RangeError} If a merge uses an unknown token, or makes more than a million bytes.
   * @throws {TypeError} If a special token's name is empty or repeated, or the vocabulary lacks the result of a merge.
   */
  constructor(merges: readonly Merge[], options: BytePairSettings = {}) {
    checkArguments("make a BytePairTokenizer", arguments, { merges: required(mergesRule), options: settingsRule });
    const { specialTokens = [], pattern = gpt2Pattern, addedTokens = [], normalization } = options;
    this.#vocabulary = readMerges(merges, options.vocabulary);
    const firstSpecial = addedTokens.reduce((end, { id }) => Math.max(end, id + 1), this.#vocabulary.size);
    const named = specialTokens.map((name, i) => ({ name, id: firstSpecial + i }));
    this.#added = new AddedTokens(
      [...addedTokens, ...named],
      normalization && ((text) => text.normalize(normalization)),
    );
    this.vocabSize = firstSpecial + named.length;
    this.specialTokens = this.#added.special;
    this.merges = merges;
    this.patterns = pattern instanceof RegExp ? [pattern] : pattern;
    this.patterns.forEach(checkPattern);
    this.vocabulary = this.#vocabulary.pieces;
    this.addedTokens = this.#added.tokens;
    this.template = options.template ?? bareTemplate;
    checkTemplate(this.template, this.vocabSize);
    this.addPrefixSpace = options.addPrefixSpace ?? false;
    this.wholeWords = options.wholeWords ?? false;
    this.normalization = normalization;
  }

  /**
   * Learns merges from a text, or from several.
   *
   * The same text gives the same merges; among equally frequent pairs, the one with the older tokens is merged first
   * (see learnMerges). The names of special tokens in the text separate documents: nothing is learned from them. If no
   * frequent pair is left, the vocabulary stays smaller than `vocabSize`.
   *
   * @throws {RangeError} If `vocabSize` leaves no room for the bytes and the special tokens.
   */
  static train(text: string | Iterable<string>, options: BytePairTraining): BytePairTokenizer {
    checkArguments("train a BytePairTokenizer", arguments, { text: required(trainingText), options: trainingRule });
    const { vocabSize, minCount = 2, specialTokens = [], pattern = gpt2Pattern } = options;
    const least = byteCount + specialTokens.length;
    if (vocabSize < least) {
      throw new RangeError(
        `Cannot train a BytePairTokenizer, as vocabSize must be a whole number of at least ${least} ` +
          `(256 bytes, ${specialTokens.length} special tokens): ${vocabSize}`,
      );
    }
    checkSpecialNames(specialTokens);
    const separators = new AddedTokens(specialTokens.map((name, id) => ({ name, id })));
    const words = new Map<string, number>();
    for (const document of documentsOf(text)) {
      for (const stretch of separators.split(document, "all")) {
        if ("text" in stretch) countPieces(preTokenize(stretch.text, pattern), words);
      }
    }
    const counted = [...words].map(([word, count]) => [bytesOf(word), count] as const);
    const merges = learnMerges(counted, { first: byteCount, most: vocabSize - least, minCount });
    return new BytePairTokenizer(merges, { specialTokens, pattern });
  }

  /**
   * The tokens of a text.
   *
   * @throws {RangeError} If a special token is allowed that does not exist.
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    checkEncode(arguments);
    const tokens = this.#tokensOf(text, options.allowedSpecial);
    return options.addSpecialTokens ? fillTemplate(this.template.single, tokens).tokens : tokens;
  }

  /**
   * The tokens of a text, or two, with special tokens around them unless `addSpecialTokens` is false.
   *
   * @throws {RangeError} If a special token is allowed that does not exist.
   */
  encodePair(first: string, second?: string, options: EncodeOptions = {}): Encoding {
    checkPair(arguments);
    return fillPair(this.template, (text) => this.#tokensOf(text, options.allowedSpecial), {
      first,
      second,
      bare: options.addSpecialTokens === false,
    });
  }

  /** The text of tokens. Bytes that form no character, such as a character cut in two, become U+FFFD. */
  decode(tokens: Tokens): string {
    checkDecode(arguments);
    const parts = Array.from(tokens, (token) => this.#bytesOf(token));
    const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let end = 0;
    for (const part of parts) {
      joined.set(part, end);
      end += part.length;
    }
    return textOf(joined);
  }

  /**
   * The bytes of a token, which may be only part of a character. Do not modify them. A number that the vocabulary skips
   * has none.
   *
   * @throws {TypeError | RangeError} If it is not a whole number from 0 to V − 1.
   */
  bytes(token: number): Uint8Array {
    checkArguments("look up a token", arguments, { token: required(number) });
    return this.#bytesOf(token);
  }

  #bytesOf(token: number): Uint8Array {
    checkToken(token, this.vocabSize);
    const name = this.#added.name(token);
    return name === undefined ? this.#vocabulary.bytes(token) : bytesOf(name);
  }

  /** The tokens of a text, without a template. */
  #tokensOf(text: string, allowedSpecial: EncodeOptions["allowedSpecial"]): number[] {
    const out: number[] = [];
    for (const stretch of this.#added.split(text, allowedSpecial)) {
      if ("token" in stretch) {
        out.push(stretch.token);
        continue;
      }
      const spaced = this.addPrefixSpace && !stretch.text.startsWith(" ") ? ` ${stretch.text}` : stretch.text;
      for (const word of preTokenize(spaced, this.patterns)) {
        for (const token of this.#encodeWord(word)) out.push(token);
      }
    }
    return out;
  }

  /** The tokens of a word, cached. */
  #encodeWord(word: string): readonly number[] {
    let tokens = this.#words.get(word);
    if (tokens === undefined) {
      tokens = this.#wholeWord(word) ??
        applyMerges(this.#vocabulary.byteTokens(bytesOf(word)), this.#vocabulary.merges);
      if (this.#words.size >= rememberedWords) this.#words.clear(); // bounds the memory for long texts
      this.#words.set(word, tokens);
    }
    return tokens;
  }

  #wholeWord(word: string): number[] | undefined {
    if (!this.wholeWords || this.specialTokens.has(word)) return undefined;
    const token = this.vocabulary.get(pieceOfBytes(bytesOf(word)));
    return token === undefined ? undefined : [token];
  }
}
