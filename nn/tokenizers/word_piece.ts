import { type BertCleaning, bertWords } from "./bert_words.ts";
import { countPieces, learnMerges } from "./learn_merges.ts";
import { splitAtSpecial } from "./special_tokens.ts";
import { checkText, type EncodeOptions, type Tokenizer, type Tokens } from "./tokenizer.ts";
import { Vocabulary } from "./vocabulary.ts";

/** BERT's special tokens: padding, unknown word, start of a text (its class), end of a text, hidden token. */
const specialNames = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;
const inside = "##"; // begins a piece that does not begin a word
const longestWord = 100; // characters; what is longer is unknown, as in Hugging Face's version

/** How to learn a vocabulary. */
export interface WordPieceTraining extends BertCleaning {
  /** V, the number of tokens to end with: five special ones, the characters, the merges. */
  vocabSize: number;
  /** Pairs that the text has less often are not merged: 2, if none is given. */
  minCount?: number;
}

/** A text or two as BERT reads them, T tokens: `[CLS] a [SEP]` or `[CLS] a [SEP] b [SEP]`. */
export interface BertInput {
  /** [T] */
  readonly tokens: number[];
  /** [T], 0 up to the first `[SEP]`, it included, then 1. */
  readonly segments: number[];
}

/**
 * WordPiece, the tokenizer of BERT: each word is cut, from left to right, into the longest pieces that are there.
 *
 * A piece that does not begin a word begins with `##`. A word that cannot be cut so is `[UNK]`, whole. Spacing (and case
 * and accents, where they are dropped) is lost, so decoding gives a text that reads like the one that went in.
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
 * assert.deepEqual(tokenizer.encodePair("un").tokens, [2, 5, 3]);
 * assert.equal(tokenizer.decode([5, 8, 9]), "unaffable !");
 * ```
 */
export class WordPieceTokenizer implements Tokenizer {
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly #vocabulary: Vocabulary;
  readonly #cleaning: BertCleaning;

  /**
   * @param pieces The vocabulary: a piece's place is its token.
   * @throws {TypeError} If a piece is empty or there twice, or one of the five special tokens is missing.
   */
  constructor(pieces: readonly string[], cleaning: BertCleaning = {}) {
    this.#vocabulary = new Vocabulary(pieces);
    this.#cleaning = cleaning;
    this.specialTokens = new Map(specialNames.map((name) => {
      const token = this.#vocabulary.token(name);
      if (token === undefined) {
        throw new TypeError(
          `Cannot make a WordPieceTokenizer, as its pieces must have ${specialNames.join(" ")}: no ${name}`,
        );
      }
      return [name, token];
    }));
  }

  /**
   * Learns a vocabulary from a text, or several.
   *
   * How BERT's was learnt was never published. This merges the most frequent pair of pieces, again and again (see
   * learnMerges), as Hugging Face's trainer does.
   *
   * @throws {RangeError} If `vocabSize` has no room for the special tokens and the text's characters.
   */
  static train(
    text: string | Iterable<string>,
    { vocabSize, minCount = 2, ...cleaning }: WordPieceTraining,
  ): WordPieceTokenizer {
    const words = new Map<string, number>();
    for (const document of typeof text === "string" ? [text] : text) countPieces(bertWords(document, cleaning), words);
    const cut = (word: string) => [...word].map((character, i) => i === 0 ? character : inside + character);
    const pieces = [...specialNames, ...[...new Set([...words.keys()].flatMap(cut))].sort()];
    if (!(vocabSize >= pieces.length)) {
      throw new RangeError(
        `Cannot train a WordPieceTokenizer, as vocabSize must be at least ${pieces.length} (${specialNames.length} ` +
          `special tokens, the characters of the text with and without ${inside}): ${vocabSize}`,
      );
    }
    const tokens = new Map(pieces.map((piece, i) => [piece, i]));
    const counted = [...words].map(([word, count]) => [cut(word).map((piece) => tokens.get(piece)!), count] as const);
    const first = pieces.length;
    for (const [left, right] of learnMerges(counted, { first, most: vocabSize - first, minCount })) {
      pieces.push(pieces[left]! + pieces[right]!.slice(inside.length)); // what is on the right never begins a word
    }
    return new WordPieceTokenizer(pieces, cleaning);
  }

  get vocabSize(): number {
    return this.#vocabulary.size;
  }

  /** The vocabulary: a piece's place is its token. */
  get pieces(): readonly string[] {
    return this.#vocabulary.pieces;
  }

  /** Without `[CLS]` and `[SEP]`: see `encodePair`. */
  encode(text: string, { allowedSpecial }: EncodeOptions = {}): number[] {
    checkText(text);
    return splitAtSpecial(text, this.specialTokens, allowedSpecial).flatMap((stretch) =>
      "special" in stretch
        ? [stretch.special]
        : bertWords(stretch.text, this.#cleaning).flatMap((word) => this.#encodeWord(word))
    );
  }

  /** One text, or two, with the special tokens that BERT expects around them. */
  encodePair(a: string, b?: string, options: EncodeOptions = {}): BertInput {
    const end = this.specialTokens.get("[SEP]")!;
    const first = [this.specialTokens.get("[CLS]")!, ...this.encode(a, options), end];
    const second = b === undefined ? [] : [...this.encode(b, options), end];
    return { tokens: [...first, ...second], segments: [...first.map(() => 0), ...second.map(() => 1)] };
  }

  /** Words with a space between them, special tokens among them. */
  decode(tokens: Tokens): string {
    let text = "";
    for (const token of tokens) {
      const piece = this.#vocabulary.piece(token);
      if (piece.startsWith(inside) && piece !== inside) text += piece.slice(inside.length);
      else text += text === "" ? piece : ` ${piece}`;
    }
    return text;
  }

  /** The longest piece that the word begins with, then the longest that goes on from there, up to its end. */
  #encodeWord(word: string): number[] {
    const unknown = [this.specialTokens.get("[UNK]")!];
    const characters = [...word];
    if (characters.length > longestWord) return unknown;
    const tokens: number[] = [];
    for (let start = 0; start < characters.length;) {
      let end = characters.length;
      let token: number | undefined;
      for (; end > start; end--) {
        const piece = characters.slice(start, end).join("");
        token = this.#vocabulary.token(start === 0 ? piece : inside + piece);
        if (token !== undefined) break;
      }
      if (token === undefined) return unknown;
      tokens.push(token);
      start = end;
    }
    return tokens;
  }
}
