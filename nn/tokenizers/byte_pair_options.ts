/** The options of byte pair tokenizers, and their rules. */

import {
  flag,
  listOf,
  oneOf,
  type OptionRules,
  optionsOf,
  required,
  type Rule,
  string,
  that,
  whole,
} from "../../checks/mod.ts";
import type { AddedToken } from "./added_tokens.ts";
import type { Merge } from "./learn_merges.ts";
import { patternRule } from "./pre_tokenize.ts";
import { type Template, templateRule } from "./template.ts";

/** The splitting into words, and the special tokens. */
export interface BytePairOptions {
  /** Names of tokens that stand for no text. They come after all other tokens, in this order. Default: none. */
  specialTokens?: readonly string[];
  /**
   * Splits a text into words; no token spans two words. Several patterns are applied one after another. Default:
   * GPT-2's.
   */
  pattern?: RegExp | readonly RegExp[];
}

/** The options of training. */
export interface BytePairTraining extends BytePairOptions {
  /** V, the final number of tokens: 256 bytes, the merges and the special tokens. */
  vocabSize: number;
  /** The minimum count of a pair to be merged. Default: 2. */
  minCount?: number;
}

/** The settings, besides its merges, of a tokenizer read from files. */
export interface BytePairSettings extends BytePairOptions {
  /**
   * The token of every piece, written as in GPT-2's files (see byte_characters.ts). Merges are then pairs of these
   * tokens, in any order, and bytes without a token are dropped from texts. Default: tokens are numbered in order.
   */
  vocabulary?: ReadonlyMap<string, number>;
  /** Tokens that are found in a text by name, with their numbers, besides `specialTokens`. Default: none. */
  addedTokens?: readonly AddedToken[];
  /** The template of `addSpecialTokens`. Default: none. */
  template?: Template;
  /**
   * Add a space before a text that does not begin with one, so that its first word is like the others. Default: false.
   */
  addPrefixSpace?: boolean;
  /** Whether a word that is in the vocabulary becomes that token, regardless of merges. Default: false. */
  wholeWords?: boolean;
  /** The Unicode normalization of every text. Default: none, so that decoding restores the exact text. */
  normalization?: "NFC" | "NFD" | "NFKC" | "NFKD";
}

const optionRules: OptionRules<BytePairOptions> = { specialTokens: listOf(string, "names"), pattern: patternRule };
/** The rule of BytePairSettings. */
export const settingsRule: Rule<BytePairSettings> = optionsOf<BytePairSettings>({
  ...optionRules,
  vocabulary: that("a Map of tokens by their pieces", (value) => value instanceof Map),
  addedTokens: that("a list of added tokens", Array.isArray),
  template: templateRule,
  addPrefixSpace: flag,
  wholeWords: flag,
  normalization: oneOf("NFC", "NFD", "NFKC", "NFKD"),
});
/** The rule of BytePairTraining. */
export const trainingRule: Rule<BytePairTraining> = optionsOf<BytePairTraining>({
  ...optionRules,
  vocabSize: required(whole({ min: 256 })),
  minCount: whole({ min: 1 }),
});
/** The rule of a list of merges; `readMerges` checks the tokens. */
export const mergesRule: Rule<readonly Merge[]> = that<readonly Merge[]>(
  "a list of pairs of tokens",
  (value) => Array.isArray(value) && value.every((merge) => Array.isArray(merge) && merge.length === 2),
);
