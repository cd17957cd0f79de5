/**
 * Hugging Face's `tokenizer.json`: a normalizer, a pre-tokenizer, a model (byte-level BPE or WordPiece here), a
 * post-processor, and added tokens. Truncation and padding are left to the caller, as in transformers.
 */

import { show } from "../../checks/mod.ts";
import { type AddedToken, largestToken } from "./added_tokens.ts";
import type { BertCleaning } from "./bert_words.ts";
import { byteCharacters } from "./byte_characters.ts";
import { BytePairTokenizer } from "./byte_pair.ts";
import type { BytePairSettings } from "./byte_pair_options.ts";
import { fromFile } from "./file_error.ts";
import { parseMerges } from "./gpt2_files.ts";
import { Fields } from "./json_fields.ts";
import { bareTemplate, bertTemplate, robertaTemplate, type Template, type TemplatePart } from "./template.ts";
import { readSplits } from "./splits.ts";
import { parseJsonFile, vocabularyOf } from "./vocabulary_json.ts";
import { WordPieceTokenizer } from "./word_piece.ts";

const file = "tokenizer.json";
const deepest = 8; // the depth of nested sequences

/**
 * The tokenizer of the text of a `tokenizer.json`.
 *
 * @throws {TokenizerFileError} If the file is malformed, or has something unsupported, which the message names.
 */
export function parseTokenizerJson(json: string): BytePairTokenizer | WordPieceTokenizer {
  const fields = new Fields("", parseJsonFile(file, json));
  const model = fields.object("model");
  if (model === undefined) throw fields.error("it must have a model");
  const type = model.type || (model.value("merges") === undefined ? "WordPiece" : "BPE"); // older files have no type
  if (type !== "BPE" && type !== "WordPiece") {
    throw fields.unsupported(`model ${show(type)}`, "byte-level BPE and WordPiece are");
  }
  const vocabulary = vocabularyOf(file, model.value("vocab"));
  const addedTokens = readAddedTokens(fields, vocabulary);
  const template = readTemplate(fields.object("post_processor"), fields) ?? bareTemplate;
  return type === "BPE"
    ? readBytePairs(fields, model, { vocabulary, addedTokens, template })
    : readWordPiece(fields, model, vocabulary, { addedTokens, template });
}

function readBytePairs(
  fields: Fields,
  model: Fields,
  settings: BytePairSettings & { vocabulary: ReadonlyMap<string, number> },
): BytePairTokenizer {
  for (const name of ["continuing_subword_prefix", "end_of_word_suffix"]) {
    const value = model.string(name, "");
    if (value !== "") throw model.unsupported(`${name} ${show(value)}`, "only none is");
  }
  const dropout = model.value("dropout") ?? 0;
  if (dropout !== 0) throw model.unsupported(`dropout ${show(dropout)}`, "only none is");
  const lacking = byteCharacters.findIndex((character) => !settings.vocabulary.has(character));
  if (lacking !== -1 && (model.value("unk_token") ?? null) !== null) {
    throw model.unsupported(`unk_token of a vocabulary that lacks the byte ${lacking}`, "all 256 bytes must be there");
  }
  if (lacking !== -1 && model.flag("byte_fallback", false)) {
    throw model.unsupported("byte_fallback", "only false is");
  }
  const { patterns, addPrefixSpace } = readSplits(fields.object("pre_tokenizer"), fields);
  const normalization = readNormalization(fields.object("normalizer"));
  if ((model.value("merges") ?? null) === null) throw model.error("model.merges must be a list: there is none");
  const listed = model.list("merges")
    .filter((merge) => !(typeof merge === "string" && merge.startsWith("#version"))) // as merges.txt has it
    .map((merge, i): [string, readonly unknown[]] => [
      `merge ${i}`,
      typeof merge === "string" ? merge.split(" ") : Array.isArray(merge) ? merge : [merge],
    ]);
  const merges = parseMerges(file, listed, settings.vocabulary);
  return fromFile(file, () =>
    new BytePairTokenizer(merges, {
      ...settings,
      pattern: patterns,
      addPrefixSpace,
      wholeWords: model.flag("ignore_merges", false),
      ...normalization,
    }));
}

function readWordPiece(
  fields: Fields,
  model: Fields,
  vocabulary: ReadonlyMap<string, number>,
  added: { addedTokens: readonly AddedToken[]; template: Template },
): WordPieceTokenizer {
  const cut = fields.object("pre_tokenizer");
  if (cut?.type !== "BertPreTokenizer") {
    throw fields.unsupported(`pre-tokenizer ${show(cut?.type ?? null)}`, "of WordPiece, BertPreTokenizer is");
  }
  const pieces: string[] = [];
  for (const [piece, token] of vocabulary) {
    while (pieces.length < token) pieces.push(""); // a number that is skipped
    pieces[token] = piece;
  }
  const cleaning = readCleaning(fields.object("normalizer"));
  return fromFile(file, () =>
    new WordPieceTokenizer(pieces, {
      ...cleaning,
      ...added,
      unknown: model.string("unk_token", "[UNK]"),
      prefix: model.string("continuing_subword_prefix", "##"),
      longestWord: model.count("max_input_chars_per_word", 100),
    }));
}

function readCleaning(normalizer: Fields | undefined): BertCleaning {
  if (normalizer === undefined) {
    return { lowerCase: false, stripAccents: false, dropControls: false, splitIdeographs: false };
  }
  if (normalizer.type !== "BertNormalizer") {
    throw normalizer.unsupported(`normalizer ${show(normalizer.type)}`, "of WordPiece, BertNormalizer is");
  }
  const lowerCase = normalizer.flag("lowercase", true);
  return {
    lowerCase,
    stripAccents: normalizer.flag("strip_accents", lowerCase),
    dropControls: normalizer.flag("clean_text", true),
    splitIdeographs: normalizer.flag("handle_chinese_chars", true),
  };
}

function readNormalization(normalizer: Fields | undefined, depth = 0): Pick<BytePairSettings, "normalization"> {
  if (normalizer === undefined) return {};
  const { type } = normalizer;
  if (type === "NFC" || type === "NFD" || type === "NFKC" || type === "NFKD") return { normalization: type };
  const parts = type === "Sequence" ? normalizer.objects("normalizers") : undefined;
  if (parts !== undefined && parts.length <= 1 && depth < deepest) return readNormalization(parts[0], depth + 1);
  throw normalizer.unsupported(`normalizer ${show(type)}`, "of BPE, NFC, NFD, NFKC and NFKD are");
}

/** The added tokens, with the numbers that Hugging Face's libraries assign, regardless of the file. */
function readAddedTokens(fields: Fields, vocabulary: ReadonlyMap<string, number>): AddedToken[] {
  const owners = new Map([...vocabulary].map(([piece, token]) => [token, piece]));
  const tokens = new Map<string, AddedToken>(); // by name: what comes later replaces what came before
  let next = vocabulary.size; // the number of a name that the vocabulary lacks
  for (const token of fields.objects("added_tokens")) {
    const name = token.string("content", "");
    if (name === "") continue;
    const id = tokens.get(name)?.id ?? vocabulary.get(name) ?? next;
    if ((owners.get(id) ?? name) !== name || id > largestToken) {
      throw token.error(`the added token ${show(name)} must not have the number of another token: ${id}`);
    }
    next = Math.max(next, id + 1);
    tokens.set(name, {
      name,
      id,
      special: token.flag("special", false),
      takesLeft: token.flag("lstrip", false),
      takesRight: token.flag("rstrip", false),
      wholeWord: token.flag("single_word", false),
      normalized: token.flag("normalized", false),
    });
  }
  return [...tokens.values()];
}

/** The template of a post-processor; `undefined` if it adds no tokens. */
function readTemplate(processor: Fields | undefined, fields: Fields, depth = 0): Template | undefined {
  switch (processor?.type) {
    case undefined:
    case "ByteLevel":
      return undefined;
    case "BertProcessing":
      return bertTemplate(tokenOf(processor, "cls"), tokenOf(processor, "sep"));
    case "RobertaProcessing":
      return robertaTemplate(tokenOf(processor, "cls"), tokenOf(processor, "sep"));
    case "TemplateProcessing":
      return { single: readParts(processor, "single"), pair: readParts(processor, "pair") };
    case "Sequence": {
      if (depth === deepest) {
        throw fields.unsupported("post-processor", `at most ${deepest} nested sequences are`);
      }
      const templates = processor.objects("processors").map((each) => readTemplate(each, fields, depth + 1));
      const adding = templates.filter((template) => template !== undefined);
      if (adding.length <= 1) return adding[0];
      throw fields.unsupported("sequence of several post-processors that add tokens", "one is");
    }
    default:
      throw fields.unsupported(
        `post-processor ${show(processor?.type)}`,
        "TemplateProcessing, BertProcessing, RobertaProcessing and ByteLevel are",
      );
  }
}

/** The number of a token written as `[name, number]`. */
function tokenOf(processor: Fields, name: string): number {
  const token = processor.list(name)[1];
  if (typeof token === "number" && Number.isInteger(token) && token >= 0 && token <= largestToken) return token;
  throw processor.error(`post_processor.${name} must be a name and a number: ${show(token)}`);
}

function readParts(processor: Fields, name: "single" | "pair"): TemplatePart[] {
  const known = processor.object("special_tokens");
  return processor.objects(name).map((part): TemplatePart => {
    const sequence = part.object("Sequence");
    if (sequence !== undefined) {
      return { text: sequence.string("id", "A") === "A" ? "first" : "second", segment: sequence.count("type_id", 0) };
    }
    const special = part.object("SpecialToken");
    const id = special?.string("id", "") ?? "";
    const tokens = known?.object(id)?.list("ids");
    if (special === undefined || tokens === undefined || !tokens.every((token) => Number.isInteger(token))) {
      throw processor.error(`${part.path} must be a text, or tokens of special_tokens: ${show(id)}`);
    }
    return { tokens: tokens as readonly number[], segment: special.count("type_id", 0) }; // integers, as just checked
  });
}
