/** Reading a tokenizer's folder in Hugging Face's format. */

import { checkArguments, required, string } from "../../checks/mod.ts";
import type { BertCleaning } from "./bert_words.ts";
import type { BytePairTokenizer } from "./byte_pair.ts";
import { fromFile, readTokenizerFile, TokenizerFileError } from "./file_error.ts";
import { parseGpt2Files } from "./gpt2_files.ts";
import { parseTokenizerJson } from "./read_tokenizer_json.ts";
import { bareTemplate, robertaTemplate } from "./template.ts";
import { parseVocabularyFile } from "./vocabulary_file.ts";
import { parseJsonFile } from "./vocabulary_json.ts";
import { WordPieceTokenizer } from "./word_piece.ts";

/**
 * Reads the tokenizer of a folder written by Hugging Face's libraries or `writeTokenizer`.
 *
 * It is read from `tokenizer.json` if there is one, otherwise from GPT-2's `vocab.json` and `merges.txt`, otherwise from
 * BERT's `vocab.txt`; the settings that these lack come from `tokenizer_config.json`. Byte-level BPE (GPT-2, RoBERTa,
 * Llama 3) and WordPiece (BERT) are supported, and give the same tokens as in Hugging Face's libraries. Unlike there,
 * `encode` adds nothing around a text unless `addSpecialTokens` is true, and finds no special token in it unless
 * `allowedSpecial` names it.
 *
 * @param folder The path of the folder.
 * @throws {TokenizerFileError} If the folder has none of these files, or one is malformed or has something unsupported,
 * which the message names.
 *
 * @example
 * ```ts
 * import { readTokenizer, WordPieceTokenizer, writeTokenizer } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * await writeTokenizer(WordPieceTokenizer.train("to be or not to be", { vocabSize: 20 }), folder);
 *
 * const tokenizer = await readTokenizer(folder);
 * const tokens = tokenizer.encode("To be!", { addSpecialTokens: true });
 * assert.equal(tokenizer.decode(tokens), "[CLS] to be [UNK] [SEP]");
 * ```
 */
export async function readTokenizer(folder: string): Promise<BytePairTokenizer | WordPieceTokenizer> {
  checkArguments("read a tokenizer", arguments, { folder: required(string) });
  const json = await readIfThere(`${folder}/tokenizer.json`);
  if (json !== undefined) return parseTokenizerJson(json);
  const settings = await readSettings(`${folder}/tokenizer_config.json`);
  const vocabulary = await readIfThere(`${folder}/vocab.json`);
  if (vocabulary !== undefined) {
    const merges = await readTokenizerFile(`${folder}/merges.txt`);
    const type = settings["tokenizer_class"];
    const isRoberta = typeof type === "string" && type.startsWith("Roberta");
    return parseGpt2Files(
      { vocabulary, merges },
      { addPrefixSpace: settings["add_prefix_space"] === true },
      (tokens) => {
        const [cls, sep] = [tokens.get("<s>"), tokens.get("</s>")];
        return isRoberta && cls !== undefined && sep !== undefined ? robertaTemplate(cls, sep) : bareTemplate;
      },
    );
  }
  const pieces = await readIfThere(`${folder}/vocab.txt`);
  if (pieces !== undefined) {
    const cleaning: BertCleaning = {
      ...optional("lowerCase", settings["do_lower_case"]),
      ...optional("stripAccents", settings["strip_accents"]),
      ...optional("splitIdeographs", settings["tokenize_chinese_chars"]),
    };
    return fromFile("vocab.txt", () => new WordPieceTokenizer(parseVocabularyFile(pieces), cleaning));
  }
  throw new TokenizerFileError(
    `Cannot read a tokenizer, as ${folder} must have a tokenizer.json, a vocab.json with merges.txt, or a vocab.txt`,
  );
}

function optional(name: keyof BertCleaning, value: unknown): BertCleaning {
  return typeof value === "boolean" ? { [name]: value } : {};
}

async function readSettings(path: string): Promise<Record<string, unknown>> {
  const json = await readIfThere(path);
  return json === undefined ? {} : parseJsonFile("tokenizer_config.json", json);
}

/** The text of a file; `undefined` if there is none. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readTokenizerFile(path);
  } catch (error) {
    if (error instanceof TokenizerFileError && error.cause instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
