/**
 * GPT-2's tokenizer files: `vocab.json`, which numbers the tokens, and `merges.txt`, one merge per line, in order.
 * Bytes are written as visible characters (see byte_characters.ts).
 */

import { checkArguments, flag, instance, listOf, optionsOf, required, show, string } from "../../checks/mod.ts";
import { makeFolder, writeTogether } from "../files.ts";
import { linesOf } from "../lines.ts";
import { byteCharacters } from "./byte_characters.ts";
import { BytePairTokenizer } from "./byte_pair.ts";
import { fromFile, readTokenizerFile, TokenizerFileError } from "./file_error.ts";
import type { Merge } from "./learn_merges.ts";
import { gpt2Pattern } from "./pre_tokenize.ts";
import { bareTemplate, type Template } from "./template.ts";
import { parseVocabulary, withAddedTokens } from "./vocabulary_json.ts";

/** The texts of the two files. */
export interface Gpt2Files {
  /** The text of `vocab.json`. */
  readonly vocabulary: string;
  /** The text of `merges.txt`. */
  readonly merges: string;
}

/** The settings that the files lack. */
export interface Gpt2FilesOptions {
  /** Special tokens of the vocabulary that do not look like special ones. Default: none. */
  specialTokens?: readonly string[];
  /** Add a space before a text that does not begin with one. Default: false. */
  addPrefixSpace?: boolean;
}

const optionRules = optionsOf<Gpt2FilesOptions>({ specialTokens: listOf(string, "names"), addPrefixSpace: flag });
const header = "#version: 0.2";
const vocabularyFile = "vocab.json";
const mergesFile = "merges.txt";

/**
 * Reads a tokenizer from a folder with `vocab.json` and `merges.txt`.
 *
 * Tokens that are neither a byte nor made by a merge are special if they look like `<…>` or `[…]`, or are among
 * `specialTokens`; no text produces other such tokens. As in Hugging Face's libraries, numbers may be missing, and
 * bytes that the vocabulary lacks are dropped from texts.
 *
 * @throws {TokenizerFileError} If a file is missing or malformed, or the two do not fit.
 *
 * @example
 * ```ts
 * import { BytePairTokenizer, readGpt2Files, writeGpt2Files } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tokenizer = BytePairTokenizer.train("low low low lower", { vocabSize: 260, specialTokens: ["<|endoftext|>"] });
 * const folder = await Deno.makeTempDir();
 * await writeGpt2Files(tokenizer, folder);
 * const same = await readGpt2Files(folder);
 * assert.deepEqual(same.encode("lowest"), tokenizer.encode("lowest"));
 * ```
 */
export async function readGpt2Files(folder: string, options: Gpt2FilesOptions = {}): Promise<BytePairTokenizer> {
  checkArguments("read GPT-2's files", arguments, { folder: required(string), options: optionRules });
  const vocabulary = await readTokenizerFile(`${folder}/${vocabularyFile}`).catch(async (error: unknown) => {
    const other = await Deno.stat(`${folder}/tokenizer.json`).catch(() => undefined);
    if (other === undefined) throw error;
    throw new TokenizerFileError(
      `Cannot read GPT-2's files, as ${folder} has a tokenizer.json: readTokenizer reads it`,
      { cause: error },
    );
  });
  return parseGpt2Files({ vocabulary, merges: await readTokenizerFile(`${folder}/${mergesFile}`) }, options);
}

/**
 * Writes `vocab.json` and `merges.txt` into a folder, which is created if needed: each file is put in place whole,
 * and the two together.
 *
 * A tokenizer read from files in OpenAI's layout is written back byte for byte.
 *
 * @throws {TypeError} If the files cannot hold the tokenizer: for example, its pattern is not GPT-2's, or a special
 * token has the name of another token.
 *
 * @example
 * ```ts
 * import { BytePairTokenizer, writeGpt2Files } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * await writeGpt2Files(BytePairTokenizer.train("low low low", { vocabSize: 259 }), folder);
 * assert.equal(await Deno.readTextFile(`${folder}/merges.txt`), "#version: 0.2\nl o\nlo w\nĠ low\n");
 * ```
 */
export async function writeGpt2Files(tokenizer: BytePairTokenizer, folder: string): Promise<void> {
  checkArguments("write GPT-2's files", arguments, {
    tokenizer: required(instance(BytePairTokenizer)),
    folder: required(string),
  });
  const { vocabulary, merges } = formatGpt2Files(tokenizer);
  await makeFolder(folder);
  await writeTogether([[`${folder}/${vocabularyFile}`, vocabulary], [`${folder}/${mergesFile}`, merges]]);
}

/**
 * The tokenizer of the texts of the two files.
 *
 * @param template The template around a text. Default: none.
 * @throws {TokenizerFileError} As `readGpt2Files`.
 */
export function parseGpt2Files(
  files: Gpt2Files,
  { specialTokens = [], addPrefixSpace = false }: Gpt2FilesOptions = {},
  template: (tokens: ReadonlyMap<string, number>) => Template = () => bareTemplate,
): BytePairTokenizer {
  const vocabulary = parseVocabulary(vocabularyFile, files.vocabulary);
  const merges = parseMerges(mergesFile, mergeLines(files.merges), vocabulary);
  const pieces = [...vocabulary.keys()];
  const byToken: string[] = [];
  for (const [piece, token] of vocabulary) byToken[token] = piece;
  const made = new Set([...byteCharacters, ...merges.map(([left, right]) => byToken[left]! + byToken[right]!)]);
  const named = new Set(specialTokens);
  for (const name of named) {
    if (!vocabulary.has(name)) {
      throw new TokenizerFileError(`Cannot read ${vocabularyFile}, as it must have the special token "${name}"`);
    }
  }
  const addedTokens = pieces
    .filter((piece) => named.has(piece) || !made.has(piece) && /^(?:<[^]+>|\[[^]+\])$/u.test(piece))
    .sort((a, b) => vocabulary.get(a)! - vocabulary.get(b)!)
    .map((name) => ({ name, id: vocabulary.get(name)! }));
  return fromFile(
    vocabularyFile,
    () => new BytePairTokenizer(merges, { vocabulary, addedTokens, addPrefixSpace, template: template(vocabulary) }),
  );
}

/**
 * The texts of the two files of a tokenizer.
 *
 * @throws {TypeError} As `writeGpt2Files`.
 */
export function formatGpt2Files(tokenizer: BytePairTokenizer): Gpt2Files {
  const { patterns, normalization, wholeWords } = tokenizer;
  if (patterns.length !== 1 || String(patterns[0]) !== String(gpt2Pattern)) {
    throw new TypeError(
      `Cannot write a tokenizer as GPT-2's files, as they have no place for a pattern but GPT-2's: ${
        patterns.join(", ")
      }`,
    );
  }
  if (normalization !== undefined || wholeWords) {
    throw new TypeError(
      "Cannot write a tokenizer as GPT-2's files, as they have no place for " +
        (wholeWords ? "wholeWords" : `the normalization ${normalization}`),
    );
  }
  const vocabulary = withAddedTokens(tokenizer.vocabulary, tokenizer.addedTokens);
  const entries = [...vocabulary].sort(([, a], [, b]) => a - b);
  const lines = mergePieces(tokenizer).map(([left, right]) => `${left} ${right}\n`);
  return {
    vocabulary: `{${entries.map(([piece, token]) => `${asciiJson(piece)}: ${token}`).join(", ")}}`,
    merges: `${header}\n${lines.join("")}`,
  };
}

/** The merges of a tokenizer as pairs of pieces. */
export function mergePieces({ merges, vocabulary }: BytePairTokenizer): (readonly [left: string, right: string])[] {
  const byToken: string[] = [];
  for (const [piece, token] of vocabulary) byToken[token] = piece;
  return merges.map(([left, right]) => [byToken[left]!, byToken[right]!] as const);
}

/** A string as in Python's `json.dump`, with non-ASCII characters as `\u` and four digits. */
function asciiJson(text: string): string {
  return JSON.stringify(text)
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The lines of `merges.txt` that are merges, with their numbers in the file. */
function mergeLines(text: string): [where: string, merge: string[]][] {
  return linesOf(text)
    .map((line, i): [string, string] => [`line ${i + 1}`, line.trim()])
    .filter(([, line]) => line !== "" && !line.startsWith("#version"))
    .map(([where, line]) => [where, line.split(" ")]);
}

/**
 * Merges as pairs of tokens.
 *
 * @param merges Each merge, two pieces, with its place in the file.
 * @throws {TokenizerFileError} If there are not two pieces, or the vocabulary lacks one of them or their result.
 */
export function parseMerges(
  file: string,
  merges: Iterable<readonly [where: string, merge: readonly unknown[]]>,
  vocabulary: ReadonlyMap<string, number>,
): Merge[] {
  return Array.from(merges, ([where, merge]) => {
    const [left, right] = merge;
    if (!isPiece(left) || !isPiece(right) || merge.length !== 2) {
      throw new TokenizerFileError(`Cannot read ${file}, as ${where} must be two tokens: ${show(merge)}`);
    }
    const [a, b, made] = [left, right, left + right].map((piece) => vocabulary.get(piece));
    if (a === undefined || b === undefined || made === undefined) {
      const lacking = a === undefined ? left : b === undefined ? right : left + right;
      throw new TokenizerFileError(
        `Cannot read ${file}, as the vocabulary must have what ${where} has: ${show(lacking)}`,
      );
    }
    return [a, b];
  });
}

function isPiece(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
