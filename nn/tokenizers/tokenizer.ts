/** What every tokenizer is: a way from text to numbers, and back. */

/** Tokens: integers from 0 to the size of the vocabulary, excluded. */
export type Tokens = readonly number[] | Int32Array;

/** A vocabulary, and the rule that cuts a text into its pieces. */
export interface Tokenizer {
  /** V, the number of tokens: they are the integers from 0 to V − 1. */
  readonly vocabSize: number;
  /** Tokens that stand for no text, such as `<|endoftext|>`, by name. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** The tokens of a text. */
  encode(text: string, options?: EncodeOptions): number[];
  /** The text of tokens; of a special token, its name. */
  decode(tokens: Tokens): string;
}

/** How to read a text. */
export interface EncodeOptions {
  /**
   * The special tokens whose names in the text become that token: none, if none are given, so that a text from outside
   * can never end a document or open a turn.
   */
  allowedSpecial?: "all" | Iterable<string>;
}

/**
 * Refuses what is no token of a vocabulary of `size`.
 *
 * @throws {TypeError} If it is no integer.
 * @throws {RangeError} If it lies outside the vocabulary.
 */
export function checkToken(token: number, size: number): void {
  if (!Number.isInteger(token)) {
    throw new TypeError(`Cannot decode tokens, as a token must be an integer: ${String(token)}`);
  }
  if (token < 0 || token >= size) {
    throw new RangeError(`Cannot decode tokens, as a token must be at least 0 and less than ${size}: ${token}`);
  }
}

/**
 * Refuses what is no text.
 *
 * @throws {TypeError} If it is no string.
 */
export function checkText(text: unknown): asserts text is string {
  if (typeof text !== "string") throw new TypeError(`Cannot encode a text, as it must be a string: ${String(text)}`);
}
