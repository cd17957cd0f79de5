/** Writing Hugging Face's `tokenizer.json`. */

import type { AddedToken } from "./added_tokens.ts";
import type { BytePairTokenizer } from "./byte_pair.ts";
import { mergePieces } from "./gpt2_files.ts";
import { writeSplits } from "./splits.ts";
import { bareTemplate, type Template, type TemplatePart } from "./template.ts";
import { withAddedTokens } from "./vocabulary_json.ts";
import { WordPieceTokenizer } from "./word_piece.ts";

/**
 * The text of a tokenizer's `tokenizer.json`.
 *
 * @throws {TypeError} If the file cannot hold the tokenizer: for example, its pattern has no equivalent, or a special
 * token has the name of another token.
 */
export function formatTokenizerJson(tokenizer: BytePairTokenizer | WordPieceTokenizer): string {
  const json = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [...tokenizer.addedTokens].sort((a, b) => a.id - b.id).map(writeAddedToken),
    ...(tokenizer instanceof WordPieceTokenizer ? writeWordPiece(tokenizer) : writeBytePairs(tokenizer)),
    post_processor: writeTemplate(tokenizer),
  };
  return JSON.stringify(json, null, 1) + "\n";
}

function writeBytePairs(tokenizer: BytePairTokenizer): Record<string, unknown> {
  return {
    normalizer: tokenizer.normalization === undefined ? null : { type: tokenizer.normalization },
    pre_tokenizer: writeSplits(tokenizer),
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: tokenizer.wholeWords,
      vocab: vocabularyObject(tokenizer.vocabulary, tokenizer.addedTokens),
      merges: mergePieces(tokenizer),
    },
  };
}

function writeWordPiece(tokenizer: WordPieceTokenizer): Record<string, unknown> {
  const { cleaning, prefix, pieces, addedTokens } = tokenizer;
  const vocabulary = new Map(pieces.map((piece, token) => [piece, token])); // of a piece that is repeated, the last
  vocabulary.delete(""); // not a token
  return {
    normalizer: {
      type: "BertNormalizer",
      clean_text: cleaning.dropControls,
      handle_chinese_chars: cleaning.splitIdeographs,
      strip_accents: cleaning.stripAccents,
      lowercase: cleaning.lowerCase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece", prefix, cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: tokenizer.unknown,
      continuing_subword_prefix: prefix,
      max_input_chars_per_word: tokenizer.longestWord,
      vocab: vocabularyObject(vocabulary, addedTokens),
    },
  };
}

function writeAddedToken(token: AddedToken): Record<string, unknown> {
  return {
    id: token.id,
    content: token.name,
    single_word: token.wholeWord ?? false,
    lstrip: token.takesLeft ?? false,
    rstrip: token.takesRight ?? false,
    normalized: token.normalized ?? false,
    special: token.special ?? true,
  };
}

/**
 * A vocabulary as an object in the order of its tokens. Hugging Face's libraries number the added tokens that it lacks from
 * its size on; tokens with other numbers must be in the vocabulary.
 */
function vocabularyObject(
  vocabulary: ReadonlyMap<string, number>,
  addedTokens: readonly AddedToken[],
): Record<string, number> {
  const all = withAddedTokens(vocabulary, addedTokens);
  const lacking = addedTokens.filter(({ name }) => !vocabulary.has(name)).sort((a, b) => a.id - b.id);
  const follow = lacking.every(({ id }, i) => id === vocabulary.size + i);
  const word = lacking.find(({ special }) => special === false);
  if (!follow && word !== undefined) {
    throw new TypeError(
      `Cannot write a tokenizer.json, as the numbers of added words must be the next after the vocabulary's ` +
        `${vocabulary.size}: ${JSON.stringify(word.name)} is ${word.id}`,
    );
  }
  const written = [...(follow ? vocabulary : all)];
  for (const [piece] of written) {
    if (piece.isWellFormed()) continue;
    throw new TypeError(`Cannot write a tokenizer.json, as a piece must be well-formed: ${JSON.stringify(piece)}`);
  }
  return Object.fromEntries(written.sort(([, a], [, b]) => a - b));
}

/** The post-processor of a template; null if it adds nothing. */
function writeTemplate(tokenizer: BytePairTokenizer | WordPieceTokenizer): Record<string, unknown> | null {
  const { single, pair }: Template = tokenizer.template;
  if (JSON.stringify({ single, pair }) === JSON.stringify(bareTemplate)) return null;
  const special: Record<string, unknown> = {};
  const write = (part: TemplatePart) => {
    if ("text" in part) return { Sequence: { id: part.text === "first" ? "A" : "B", type_id: part.segment } };
    const tokens = part.tokens.map((token) => tokenizer.decode([token]));
    const id = tokens.join(" ");
    special[id] = { id, ids: part.tokens, tokens };
    return { SpecialToken: { id, type_id: part.segment } };
  };
  return {
    type: "TemplateProcessing",
    single: single.map(write),
    pair: pair.map(write),
    special_tokens: special,
  };
}
