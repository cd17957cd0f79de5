/** The interface of tokenizers: from text to numbers, and back. */

import {
  checkArguments,
  either,
  flag,
  type OptionRules,
  optionsOf,
  required,
  type Rule,
  string,
  that,
} from "../../checks/mod.ts";

/** Tokens: whole numbers from 0 to V − 1, where V is the size of the vocabulary. */
export type Tokens = readonly number[] | Int32Array;

/** A vocabulary, and a rule that splits a text into its pieces. */
export interface Tokenizer {
  /** V, the size of the vocabulary: every token is a whole number from 0 to V − 1. */
  readonly vocabSize: number;
  /** Tokens that stand for no text, such as `<|endoftext|>`, by name. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** The tokens of a text. */
  encode(text: string, options?: EncodeOptions): number[];
  /** The text of tokens; a special token becomes its name. */
  decode(tokens: Tokens): string;
}

/** The options of `encode`. */
export interface EncodeOptions {
  /**
   * Add the tokenizer's special tokens around the text, such as `[CLS]` and `[SEP]` for BERT. Default: false; in
   * Hugging Face's libraries it is true.
   */
  addSpecialTokens?: boolean;
  /**
   * The special tokens to recognize by their names in the text: a list of names, or `"all"`. Default: none, so that
   * untrusted text can never end a document or open a turn. Hugging Face's libraries always recognize all of them.
   */
  allowedSpecial?: "all" | Iterable<string>;
}

/** One text or two as T tokens. */
export interface Encoding {
  /** [T] */
  readonly tokens: number[];
  /** [T]: the segment of each token; for BERT 0 for the first text and 1 for the second. */
  readonly segments: number[];
}

const names = that<Iterable<string>>("a list of names", (value) => {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
});

/** The rules of EncodeOptions. */
export const encodeRules: OptionRules<EncodeOptions> = {
  addSpecialTokens: flag,
  allowedSpecial: either(that<"all">('"all"', (value) => value === "all"), names),
};

const encodeParameters = { text: required(string), options: optionsOf<EncodeOptions>(encodeRules) };

/**
 * Checks the arguments of `encode`.
 *
 * @throws {TypeError} If the text is not a string, or an option is unknown or of the wrong kind.
 */
export function checkEncode(given: ArrayLike<unknown>): void {
  checkArguments("encode a text", given, encodeParameters);
}

const pairParameters = { first: required(string), second: string, options: optionsOf<EncodeOptions>(encodeRules) };

/**
 * Checks the arguments of `encodePair`.
 *
 * @throws {TypeError} If a text is not a string, or an option is unknown or of the wrong kind.
 */
export function checkPair(given: ArrayLike<unknown>): void {
  checkArguments("encode texts", given, pairParameters);
}

/** The rule of a list of tokens; each token is checked where its vocabulary is known. */
export const tokenList: Rule<Tokens> = that<Tokens>(
  "a list of tokens",
  (value) => Array.isArray(value) || value instanceof Int32Array,
);

/** The rule of a list of tokens where no vocabulary is known: integers of 32 bits, as an Int32Array holds them. */
export const integerList: Rule<Tokens> = {
  wanted: "a list of tokens, each an integer of 32 bits",
  isKind: (value) =>
    value instanceof Int32Array || (Array.isArray(value) && Array.from(value).every((x) => typeof x === "number")),
  isInRange: (tokens) => tokens instanceof Int32Array || tokens.every((token) => token === (token | 0)),
};

/**
 * Checks the arguments of `decode`; `checkToken` checks each token.
 *
 * @throws {TypeError} If they are not one list.
 */
export function checkDecode(given: ArrayLike<unknown>): void {
  checkArguments("decode tokens", given, { tokens: required(tokenList) });
}

/**
 * Rejects a token outside a vocabulary of `size`.
 *
 * @throws {TypeError} If it is not a whole number.
 * @throws {RangeError} If it lies outside the vocabulary.
 */
export function checkToken(token: number, size: number): void {
  if (!Number.isInteger(token)) {
    throw new TypeError(`Cannot decode tokens, as a token must be a whole number: ${String(token)}`);
  }
  if (token < 0 || token >= size) {
    throw new RangeError(`Cannot decode tokens, as a token must be at least 0 and less than ${size}: ${token}`);
  }
}

/**
 * The texts to train on: one text is a list of one.
 *
 * @throws {TypeError} If there is anything but strings.
 */
export function* documentsOf(text: string | Iterable<string>): Generator<string> {
  for (const document of typeof text === "string" ? [text] : text) {
    if (typeof document !== "string") {
      throw new TypeError(`Cannot train a tokenizer, as every text must be a string: ${String(document)}`);
    }
    yield document;
  }
}

/** The rule of the texts to train on. */
export const trainingText = either(string, that<Iterable<string>>("a list of strings", names.isKind));
