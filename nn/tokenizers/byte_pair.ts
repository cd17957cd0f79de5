import { bytesOf, textOf } from "./bytes.ts";
import { Heap } from "./heap.ts";
import { countPieces, learnMerges, type Merge, pairKey } from "./learn_merges.ts";
import { gpt2Pattern, preTokenize } from "./pre_tokenize.ts";
import { checkSpecialNames, splitAtSpecial } from "./special_tokens.ts";
import { checkText, checkToken, type EncodeOptions, type Tokenizer, type Tokens } from "./tokenizer.ts";

/** What a tokenizer is told beside its merges. */
export interface BytePairOptions {
  /** Names of tokens that stand for no text. They come after the merges, in this order. */
  specialTokens?: readonly string[];
  /** What cuts a text into words: no token reaches over two. GPT-2's rule, if none is given. */
  pattern?: RegExp;
}

/** How to learn merges. */
export interface BytePairTraining extends BytePairOptions {
  /** V, the number of tokens to end with: 256 bytes, the merges, the special tokens. */
  vocabSize: number;
  /** Pairs that the text has less often are not merged: 2, if none is given. */
  minCount?: number;
}

const byteCount = 256;
const rememberedWords = 50_000; // what makes encoding quick: most words of a text have been seen before

/**
 * Byte-level byte pair encoding, the tokenizer of GPT-2: a text is bytes, and frequent neighbours are one token.
 *
 * `decode(encode(text)) === text` for every JavaScript string, as every byte is a token: halves of surrogate pairs that
 * stand alone are kept, too (see bytes.ts). Tokens are the bytes, `0 … 255`, then one a merge in the order in which they
 * were learnt, then the special tokens; a tokenizer that was read from files keeps the files' numbers.
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
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly pattern: RegExp;
  /** What each token stands for, by id. */
  readonly #bytes: readonly Uint8Array[];
  /** The merge of a pair, by its key: the earlier was learnt first. */
  readonly #ranks: ReadonlyMap<number, number>;
  /** The id of a token, by its place among the bytes and merges. */
  readonly #ids: readonly number[];
  readonly #words = new Map<string, readonly number[]>();

  /**
   * @param merges Pairs of tokens: of bytes, `0 … 255`, and of earlier merges, of which the merge `k` made `256 + k`.
   * @param options.ids The ids of all bytes, merges and special tokens: `0 … V − 1` in any order. If none are given, a
   * token's id is its place.
   * @throws {RangeError} If a merge is of a token that is not there yet, or the ids are not `0 … V − 1`.
   * @throws {TypeError} If a special token's name is empty or there twice.
   */
  constructor(
    readonly merges: readonly Merge[],
    { specialTokens = [], pattern = gpt2Pattern, ids }: BytePairOptions & { ids?: readonly number[] } = {},
  ) {
    checkSpecialNames(specialTokens);
    const bytes: Uint8Array[] = Array.from({ length: byteCount }, (_, byte) => Uint8Array.of(byte));
    const ranks = new Map<number, number>();
    merges.forEach(([left, right], rank) => {
      const [a, b] = [bytes[left], bytes[right]];
      if (a === undefined || b === undefined) {
        throw new RangeError(
          `Cannot make a BytePairTokenizer, as merge ${rank} must be of tokens from 0 to ${byteCount + rank - 1}: ` +
            `[${left}, ${right}]`,
        );
      }
      ranks.set(pairKey(left, right), rank);
      bytes.push(Uint8Array.of(...a, ...b));
    });
    bytes.push(...specialTokens.map(bytesOf));
    ids ??= bytes.map((_, i) => i);
    if (ids.length !== bytes.length || !ids.toSorted((a, b) => a - b).every((id, i) => id === i)) {
      throw new RangeError(
        `Cannot make a BytePairTokenizer, as the ids of its ${bytes.length} tokens must be 0 to ${bytes.length - 1}, ` +
          `each once: ${ids.length} ids`,
      );
    }
    const byId: Uint8Array[] = [];
    ids.forEach((id, i) => byId[id] = bytes[i]!);
    this.#bytes = byId;
    this.#ids = ids;
    this.#ranks = ranks;
    this.pattern = pattern;
    const firstSpecial = byteCount + merges.length;
    this.specialTokens = new Map(specialTokens.map((name, i) => [name, this.#ids[firstSpecial + i]!]));
  }

  /**
   * Learns the merges of a text, or of several.
   *
   * The same text gives the same merges; of pairs that are equally frequent, that of the older tokens comes first (see
   * learnMerges). The names of special tokens in the text separate documents: nothing is learnt from them. Where no pair
   * is left that is frequent enough, the vocabulary stays smaller than was asked for.
   *
   * @throws {RangeError} If `vocabSize` leaves no room for the bytes and the special tokens.
   */
  static train(
    text: string | Iterable<string>,
    { vocabSize, minCount = 2, specialTokens = [], pattern = gpt2Pattern }: BytePairTraining,
  ): BytePairTokenizer {
    const least = byteCount + specialTokens.length;
    if (!Number.isInteger(vocabSize) || vocabSize < least) {
      throw new RangeError(
        `Cannot train a BytePairTokenizer, as vocabSize must be an integer of at least ${least} ` +
          `(256 bytes, ${specialTokens.length} special tokens): ${String(vocabSize)}`,
      );
    }
    checkSpecialNames(specialTokens);
    const separators = new Map(specialTokens.map((name, i) => [name, i]));
    const words = new Map<string, number>();
    for (const document of typeof text === "string" ? [text] : text) {
      checkText(document);
      for (const stretch of splitAtSpecial(document, separators, "all")) {
        if ("text" in stretch) countPieces(preTokenize(stretch.text, pattern), words);
      }
    }
    const counted = [...words].map(([word, count]) => [bytesOf(word), count] as const);
    const merges = learnMerges(counted, { first: byteCount, most: vocabSize - least, minCount });
    return new BytePairTokenizer(merges, { specialTokens, pattern });
  }

  get vocabSize(): number {
    return this.#bytes.length;
  }

  /** @throws {RangeError} If a special token is allowed that does not exist. */
  encode(text: string, { allowedSpecial }: EncodeOptions = {}): number[] {
    checkText(text);
    const out: number[] = [];
    for (const stretch of splitAtSpecial(text, this.specialTokens, allowedSpecial)) {
      if ("special" in stretch) out.push(stretch.special);
      else {for (const word of preTokenize(stretch.text, this.pattern)) {
          for (const id of this.#encodeWord(word)) out.push(id);
        }}
    }
    return out;
  }

  /** Bytes that make up no character, as where a text was cut within one, become U+FFFD. */
  decode(tokens: Tokens): string {
    const parts = Array.from(tokens, (token) => this.bytes(token));
    const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let end = 0;
    for (const part of parts) {
      joined.set(part, end);
      end += part.length;
    }
    return textOf(joined);
  }

  /**
   * The bytes that a token stands for: a token may be a part of a character only. Do not change them.
   *
   * @throws {TypeError | RangeError} If it is no integer from 0 to V − 1.
   */
  bytes(token: number): Uint8Array {
    checkToken(token, this.vocabSize);
    return this.#bytes[token]!;
  }

  /** The ids of all bytes, then merges, then special tokens. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** The tokens of a word, remembered. */
  #encodeWord(word: string): readonly number[] {
    let ids = this.#words.get(word);
    if (ids === undefined) {
      ids = applyMerges(bytesOf(word), this.#ranks).map((token) => this.#ids[token]!);
      if (this.#words.size >= rememberedWords) this.#words.clear(); // a long text must not fill the memory
      this.#words.set(word, ids);
    }
    return ids;
  }
}

/**
 * A word after all merges that apply: always the earliest learnt that does, at its leftmost place.
 *
 * The pairs wait in a queue, so that even a word of a million bytes takes n·log n steps.
 */
function applyMerges(bytes: Uint8Array, ranks: ReadonlyMap<number, number>): number[] {
  const n = bytes.length;
  const tokens = Array.from(bytes); // a token that went into the one before it is −1
  const previous = tokens.map((_, i) => i - 1);
  const next = tokens.map((_, i) => i + 1);
  const rankAt = (i: number) => i < 0 || next[i]! >= n ? undefined : ranks.get(pairKey(tokens[i]!, tokens[next[i]!]!));
  const queue = new Heap<{ rank: number; i: number }>((a, b) => a.rank < b.rank || a.rank === b.rank && a.i < b.i);
  const enqueue = (i: number) => {
    const rank = rankAt(i);
    if (rank !== undefined) queue.push({ rank, i });
  };
  for (let i = 0; i < n; i++) enqueue(i);
  for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
    const { rank, i } = top;
    if (tokens[i] === -1 || rankAt(i) !== rank) continue; // a merge took one of the two
    const j = next[i]!;
    const after = next[j]!;
    tokens[i] = byteCount + rank;
    tokens[j] = -1;
    next[i] = after;
    if (after < n) previous[after] = i;
    enqueue(previous[i]!);
    enqueue(i);
  }
  return tokens.filter((token) => token !== -1);
}
