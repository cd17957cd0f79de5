/** What a byte pair tokenizer may be told, and the rules that it is held to. */

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

/** How a text is cut into words, and which tokens stand for no text. */
export interface BytePairOptions {
  /** Names of tokens that stand for no text. They come after all other tokens, in this order. Default: none. */
  specialTokens?: readonly string[];
  /**
   * What cuts a text into words; no token spans two words. Several patterns are applied one after another. Default:
   * GPT-2's.
   */
  pattern?: RegExp | readonly RegExp[];
}

/** How to learn merges. */
export interface BytePairTraining extends BytePairOptions {
  /** V, the number of tokens to end with: 256 bytes, the merges, the special tokens. */
  vocabSize: number;
  /** Pairs that the text has less often are not merged. Default: 2. */
  minCount?: number;
}

/** What a tokenizer that was read from files may have beside its merges. */
export interface BytePairSettings extends BytePairOptions {
  /**
   * The token of every piece, written as GPT-2's files write it (see byte_characters.ts). Then merges are pairs of these
   * tokens, in any order, and a byte without a token is left out of every text. Default: a token's place is its number.
   */
  vocabulary?: ReadonlyMap<string, number>;
  /** Tokens that are found in a text by name, with their numbers, beside `specialTokens`. Default: none. */
  addedTokens?: readonly AddedToken[];
  /** What `addSpecialTokens` puts around a text. Default: nothing. */
  template?: Template;
  /** Puts a space before a text that begins with none, so that its first word is like all others. Default: false. */
  addPrefixSpace?: boolean;
  /** Whether a word that is a piece of the vocabulary is that token, whatever the merges would make. Default: false. */
  wholeWords?: boolean;
  /** The Unicode normalization of every text. Default: none, so that decoding gives back the very text. */
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
/** The rule of a list of merges; `readMerges` looks at the tokens. */
export const mergesRule: Rule<readonly Merge[]> = that<readonly Merge[]>(
  "a list of pairs of tokens",
  (value) => Array.isArray(value) && value.every((merge) => Array.isArray(merge) && merge.length === 2),
);
