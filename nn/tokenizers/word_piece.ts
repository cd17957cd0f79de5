import { checkArguments, optionsOf, required, string, that, whole } from "../../checks/mod.ts";
import { type AddedToken, AddedTokens, largestToken } from "./added_tokens.ts";
import { type BertCleaning, bertWords, cleanBertText, cleaningRules, splitBertWords } from "./bert_words.ts";
import { countPieces, learnMerges } from "./learn_merges.ts";
import { bertTemplate, checkTemplate, fillPair, fillTemplate, type Template, templateRule } from "./template.ts";
import { checkDecode, checkEncode, checkPair, checkToken, documentsOf, trainingText } from "./tokenizer.ts";
import type { EncodeOptions, Encoding, Tokenizer, Tokens } from "./tokenizer.ts";

/** BERT's special tokens: padding, unknown word, start of a text (its class), end of a text, hidden token. */
const specialNames = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;
const defaultPrefix = "##";

/** The options of training. */
export interface WordPieceTraining extends BertCleaning {
  /** V, the final number of tokens: five special ones, the characters and the merges. */
  vocabSize: number;
  /** The minimum count of a pair to be merged. Default: 2. */
  minCount?: number;
}

/** The settings, besides its pieces, of a tokenizer read from files. */
export interface WordPieceSettings extends BertCleaning {
  /** The token of unknown words. Default: `[UNK]`. */
  unknown?: string;
  /** The prefix of pieces inside a word. Default: `##`. */
  prefix?: string;
  /** The most characters of a word; a longer one is unknown. Default: 100. */
  longestWord?: number;
  /** Tokens that are found in a text by name, with their numbers. Default: BERT's five special tokens. */
  addedTokens?: readonly AddedToken[];
  /** The template around one text or two. Default: `[CLS] first [SEP] second [SEP]`. */
  template?: Template;
}

const settings = optionsOf<WordPieceSettings>({
  ...cleaningRules,
  unknown: string,
  prefix: string,
  longestWord: whole({ min: 1 }),
  addedTokens: that("a list of added tokens", Array.isArray),
  template: templateRule,
});
const training = optionsOf<WordPieceTraining>({
  ...cleaningRules,
  vocabSize: required(whole({ min: 1 })),
  minCount: whole({ min: 1 }),
});
const pieceList = that<readonly string[]>(
  "a list of strings",
  (value) => Array.isArray(value) && value.every((piece) => typeof piece === "string"),
);

/**
 * WordPiece, the tokenizer of BERT: each word is split, from left to right, into the longest pieces in the vocabulary.
 *
 * A piece inside a word begins with `##`. A word that cannot be split this way becomes `[UNK]`. Spacing (and case and
 * accents, if they are dropped) is lost, so decoding gives a similar text, not the same one.
 *
 * Schuster and Nakajima, "Japanese and Korean Voice Search", 2012; as BERT uses it: Devlin et al., 1810.04805.
 *
 * @example
 * ```ts
 * import { WordPieceTokenizer } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
 * const tokenizer = new WordPieceTokenizer([...special, "un", "##aff", "##able", "##affable", "!"]);
 * assert.deepEqual(tokenizer.encode("Unaffable!"), [5, 8, 9]); // ##affable, as it is longer than ##aff
 * assert.deepEqual(tokenizer.encode("unstable"), [1]);
 * assert.deepEqual(tokenizer.encode("un", { addSpecialTokens: true }), [2, 5, 3]);
 * assert.equal(tokenizer.decode([5, 8, 9]), "unaffable !");
 * ```
 */
export class WordPieceTokenizer implements Tokenizer {
  /** V, the size of the vocabulary: one more than the largest token. */
  readonly vocabSize: number;
  /** The tokens that stand for no text, by name. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** The vocabulary: a piece's index is its token. An index without a token has an empty piece. */
  readonly pieces: readonly string[];
  /** The cleaning of a text. */
  readonly cleaning: Readonly<Required<BertCleaning>>;
  /** The token of unknown words. */
  readonly unknown: string;
  /** The prefix of pieces inside a word. */
  readonly prefix: string;
  /** The most characters of a word; a longer one is unknown. */
  readonly longestWord: number;
  /** All tokens that are found in a text by name, including special ones. */
  readonly addedTokens: readonly AddedToken[];
  /** The template around one text or two. */
  readonly template: Template;
  readonly #tokens: ReadonlyMap<string, number>;
  readonly #added: AddedTokens;
  readonly #unknownToken: number;
  /** The lengths that pieces have, the largest first: no others need be tried. */
  readonly #lengths: readonly number[];

  /**
   * Makes a tokenizer from its pieces.
   *
   * @param pieces The vocabulary: a piece's index is its token. An empty piece leaves its index unused; of a repeated
   * piece, the last index counts.
   * @throws {TypeError} If one of the five special tokens is missing; with `addedTokens`, if the unknown one is.
   */
  constructor(pieces: readonly string[], options: WordPieceSettings = {}) {
    checkArguments("make a WordPieceTokenizer", arguments, { pieces: required(pieceList), options: settings });
    const { lowerCase = true, stripAccents = lowerCase, dropControls = true, splitIdeographs = true } = options;
    this.pieces = pieces;
    this.cleaning = { lowerCase, stripAccents, dropControls, splitIdeographs };
    this.unknown = options.unknown ?? "[UNK]";
    this.prefix = options.prefix ?? defaultPrefix;
    this.longestWord = options.longestWord ?? 100;
    this.#tokens = new Map(pieces.map((piece, token) => [piece, token]));
    this.#lengths = [...new Set(pieces.map(({ length }) => length))].sort((a, b) => b - a);
    this.addedTokens = options.addedTokens ?? specialNames.map((name) => ({ name, id: this.#required(name) }));
    this.#unknownToken = this.#required(this.unknown);
    this.template = options.template ?? bertTemplate(this.#named("[CLS]"), this.#named("[SEP]"));
    this.#added = new AddedTokens(this.addedTokens, (text) => cleanBertText(text, this.cleaning));
    this.specialTokens = this.#added.special;
    this.vocabSize = this.addedTokens.reduce((end, { id }) => Math.max(end, id + 1), pieces.length);
    checkTemplate(this.template, this.vocabSize);
    if (this.vocabSize > largestToken + 1) {
      throw new RangeError(
        `Cannot make a WordPieceTokenizer, as it may have at most ${largestToken + 1} tokens: ${this.vocabSize}`,
      );
    }
  }

  /**
   * Learns a vocabulary from a text, or several.
   *
   * BERT's own algorithm was never published. Like Hugging Face's trainer, this repeatedly merges the most frequent
   * pair of pieces (see learnMerges).
   *
   * @throws {RangeError} If `vocabSize` has no room for the special tokens and the text's characters.
   */
  static train(text: string | Iterable<string>, options: WordPieceTraining): WordPieceTokenizer {
    checkArguments("train a WordPieceTokenizer", arguments, { text: required(trainingText), options: training });
    const { vocabSize, minCount = 2, ...cleaning } = options;
    const words = new Map<string, number>();
    for (const document of documentsOf(text)) countPieces(bertWords(document, cleaning), words);
    const cut = (word: string) => [...word].map((character, i) => i === 0 ? character : defaultPrefix + character);
    const pieces = [...specialNames, ...[...new Set([...words.keys()].flatMap(cut))].sort()];
    if (vocabSize < pieces.length) {
      throw new RangeError(
        `Cannot train a WordPieceTokenizer, as vocabSize must be at least ${pieces.length} (${specialNames.length} ` +
          `special tokens, the characters of the text with and without ${defaultPrefix}): ${vocabSize}`,
      );
    }
    const tokens = new Map(pieces.map((piece, i) => [piece, i]));
    const counted = [...words].map(([word, count]) => [cut(word).map((piece) => tokens.get(piece)!), count] as const);
    const first = pieces.length;
    for (const [left, right] of learnMerges(counted, { first, most: vocabSize - first, minCount })) {
      pieces.push(pieces[left]! + pieces[right]!.slice(defaultPrefix.length)); // the right piece never begins a word
    }
    return new WordPieceTokenizer(pieces, cleaning);
  }

  /**
   * The tokens of a text, without `[CLS]` and `[SEP]` unless `addSpecialTokens` asks for them.
   *
   * @throws {RangeError} If a special token is allowed that does not exist.
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    checkEncode(arguments);
    const tokens = this.#tokensOf(text, options.allowedSpecial);
    return options.addSpecialTokens ? fillTemplate(this.template.single, tokens).tokens : tokens;
  }

  /**
   * The tokens of one text or two, with `[CLS]` and `[SEP]` around them unless `addSpecialTokens` is false, and the
   * segment of each token.
   *
   * @example
   * ```ts
   * import { pad, WordPieceTokenizer } from "nabla/nn/mod.ts";
   * import assert from "node:assert/strict";
   *
   * const tokenizer = new WordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "who", "?", "i"]);
   * const questions = [tokenizer.encodePair("Who?", "I"), tokenizer.encodePair("Who", "I")];
   * const { tokens, mask } = pad(questions.map(({ tokens }) => tokens)); // both [B, T]
   * const segments = pad(questions.map(({ segments }) => segments)).tokens; // [B, T]
   * assert.deepEqual(tokens, [[2, 5, 6, 3, 7, 3], [2, 5, 3, 7, 3, 0]]);
   * assert.deepEqual(segments, [[0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 0]]);
   * assert.deepEqual(mask[1], [1, 1, 1, 1, 1, 0]);
   * ```
   */
  encodePair(first: string, second?: string, options: EncodeOptions = {}): Encoding {
    checkPair(arguments);
    const bare = options.addSpecialTokens === false;
    const tokensOf = (text: string) => this.#tokensOf(text, options.allowedSpecial);
    return fillPair(this.template, tokensOf, { first, second, bare });
  }

  /** The text of tokens: words with a space between them, special tokens among them. */
  decode(tokens: Tokens): string {
    checkDecode(arguments);
    let text = "";
    for (const token of tokens) {
      checkToken(token, this.vocabSize);
      const piece = this.#added.name(token) ?? this.pieces[token] ?? "";
      const { prefix } = this;
      if (prefix !== "" && piece.startsWith(prefix) && piece !== prefix) text += piece.slice(prefix.length);
      else if (piece !== "") text += text === "" ? piece : ` ${piece}`;
    }
    return text;
  }

  /** The tokens of a text, without a template. */
  #tokensOf(text: string, allowedSpecial: EncodeOptions["allowedSpecial"]): number[] {
    return this.#added.split(text, allowedSpecial).flatMap((stretch) =>
      "token" in stretch ? [stretch.token] : splitBertWords(stretch.text).flatMap((word) => this.#encodeWord(word))
    );
  }

  /** The longest piece at the start of the word, then the longest from there on, up to its end. */
  #encodeWord(word: string): number[] {
    const unknown = [this.#unknownToken];
    if (word.length > this.longestWord && [...word].length > this.longestWord) return unknown;
    const tokens: number[] = [];
    for (let start = 0; start < word.length;) {
      const before = start === 0 ? "" : this.prefix;
      const end = this.#endOfPiece(before, word, start);
      if (end === undefined) return unknown;
      tokens.push(this.#tokens.get(before + word.slice(start, end))!); // it is a piece
      start = end;
    }
    return tokens;
  }

  /** Where the longest piece ends that `word` has at `start`; `undefined` if there is none. */
  #endOfPiece(before: string, word: string, start: number): number | undefined {
    for (const length of this.#lengths) {
      const end = start + length - before.length;
      if (end > start && end <= word.length && this.#tokens.has(before + word.slice(start, end))) return end;
    }
    return undefined;
  }

  /** The token of a piece that the vocabulary must have. */
  #required(piece: string): number {
    const token = this.#tokens.get(piece);
    if (token !== undefined) return token;
    throw new TypeError(
      `Cannot make a WordPieceTokenizer, as its pieces must have "${piece}": none of the ${this.pieces.length} is that`,
    );
  }

  /** The number of an added token. */
  #named(name: string): number {
    return this.addedTokens.find((token) => token.name === name)?.id ?? this.#required(name);
  }
}
