/**
 * GPT-2's tokenizer files: `vocab.json`, which numbers the tokens, and `merges.txt`, a merge a line, in order.
 *
 * The files are text, yet tokens are bytes, which need not be characters. So every byte is written as a character that
 * can be seen: printable ones as themselves, the others as those from U+0100 on; a space is `Ġ`.
 */

import { BytePairTokenizer } from "./byte_pair.ts";
import { readTokenizerFile, TokenizerFileError } from "./file_error.ts";
import type { Merge } from "./learn_merges.ts";
import { gpt2Pattern } from "./pre_tokenize.ts";
import { writeTogether } from "../files.ts";

/** The texts of the two files. */
export interface Gpt2Files {
  /** That of `vocab.json`. */
  readonly vocabulary: string;
  /** That of `merges.txt`. */
  readonly merges: string;
}

/** How to read the files. */
export interface Gpt2FilesOptions {
  /** Special tokens that do not look like one. */
  specialTokens?: readonly string[];
}

const header = "#version: 0.2";
const vocabularyFile = "vocab.json";
const mergesFile = "merges.txt";

/** The character that stands for each byte. */
const characters: readonly string[] = (() => {
  const printable = (byte: number) => byte > 32 && byte < 127 || byte > 160 && byte !== 173; // 173 is the soft hyphen
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : 256 + others++));
})();

/**
 * Reads a tokenizer from a folder with `vocab.json` and `merges.txt`.
 *
 * Tokens that are neither a byte nor made by a merge are special. They look like `<…>` or `[…]`, or are among
 * `specialTokens`; anything else that no merge makes shows that the two files do not belong together.
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
 * assert.equal((await Deno.readTextFile(`${folder}/merges.txt`)).split("\n")[3], "Ġ low"); // a space, and low
 * const same = await readGpt2Files(folder);
 * assert.deepEqual(same.encode("lowest"), tokenizer.encode("lowest"));
 * ```
 */
export async function readGpt2Files(folder: string, options: Gpt2FilesOptions = {}): Promise<BytePairTokenizer> {
  const vocabulary = await readTokenizerFile(`${folder}/${vocabularyFile}`);
  return parseGpt2Files({ vocabulary, merges: await readTokenizerFile(`${folder}/${mergesFile}`) }, options);
}

/**
 * Writes `vocab.json` and `merges.txt` into a folder: each put in place whole, and the two together.
 *
 * What was read from files of OpenAI's layout is written back byte for byte.
 *
 * @throws {TypeError} If the files cannot hold the tokenizer: its pattern is not GPT-2's, or a special token is named
 * like another token.
 */
export async function writeGpt2Files(tokenizer: BytePairTokenizer, folder: string): Promise<void> {
  const { vocabulary, merges } = formatGpt2Files(tokenizer);
  await writeTogether([[`${folder}/${vocabularyFile}`, vocabulary], [`${folder}/${mergesFile}`, merges]]);
}

/**
 * The tokenizer of the texts of the two files.
 *
 * @throws {TokenizerFileError} As `readGpt2Files`.
 */
export function parseGpt2Files(
  files: Gpt2Files,
  { specialTokens: named = [] }: Gpt2FilesOptions = {},
): BytePairTokenizer {
  const vocabulary = parseVocabulary(files.vocabulary);
  const { merges, pieces } = parseMerges(files.merges, vocabulary);
  const made = new Set(pieces);
  const specialTokens = [...vocabulary.keys()].filter((piece) => !made.has(piece));
  for (const piece of specialTokens) {
    if (!named.includes(piece) && !/^(?:<[^]+>|\[[^]+\])$/u.test(piece)) {
      throw new TokenizerFileError(
        `${vocabularyFile}, entry ${JSON.stringify(piece)}: no line of ${mergesFile} makes it; ` +
          `if it is a special token, name it in specialTokens`,
      );
    }
  }
  const ids = [...pieces, ...specialTokens].map((piece) => vocabulary.get(piece)!);
  return new BytePairTokenizer(merges, { specialTokens, ids });
}

/**
 * The texts of the two files of a tokenizer.
 *
 * @throws {TypeError} As `writeGpt2Files`.
 */
export function formatGpt2Files(tokenizer: BytePairTokenizer): Gpt2Files {
  if (String(tokenizer.pattern) !== String(gpt2Pattern)) {
    throw new TypeError(
      `Cannot write a tokenizer as GPT-2's files, as they have no place for a pattern but GPT-2's: ${tokenizer.pattern}`,
    );
  }
  const pieces = [...characters];
  const lines = tokenizer.merges.map(([left, right]) => {
    const [a, b] = [pieces[left]!, pieces[right]!];
    pieces.push(a + b);
    return `${a} ${b}\n`;
  });
  const taken = new Set(pieces);
  for (const name of tokenizer.specialTokens.keys()) {
    if (taken.has(name)) {
      throw new TypeError(
        `Cannot write a tokenizer as GPT-2's files, as its special tokens must not be named like another: ${name}`,
      );
    }
    pieces.push(name);
  }
  const entries = pieces.map((piece, i) => [piece, tokenizer.ids[i]!] as const).sort(([, a], [, b]) => a - b);
  const vocabulary = `{${entries.map(([piece, id]) => `${asciiJson(piece)}: ${id}`).join(", ")}}`;
  return { vocabulary, merges: `${header}\n${lines.join("")}` };
}

/** A string as Python's `json.dump` writes it: what is not ASCII, as `\u` and four digits. */
function asciiJson(text: string): string {
  return JSON.stringify(text)
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The id of every piece: `0 … V − 1`, each once, and all bytes among the pieces. */
function parseVocabulary(json: string): Map<string, number> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause); // it tells line and column
    throw new TokenizerFileError(`${vocabularyFile} is not JSON: ${detail}`, { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new TokenizerFileError(`${vocabularyFile} must be an object of tokens and their ids`);
  }
  const entries = Object.entries(parsed);
  const owners = new Map<number, string>();
  const vocabulary = new Map<string, number>();
  for (const [piece, id] of entries) {
    const where = `${vocabularyFile}, entry ${JSON.stringify(piece)}`;
    if (!Number.isInteger(id) || id < 0 || id >= entries.length) {
      throw new TokenizerFileError(
        `${where}: an id must be an integer from 0 to ${entries.length - 1}, as there are ${entries.length} tokens: ` +
          JSON.stringify(id),
      );
    }
    const owner = owners.get(id);
    if (owner !== undefined) {
      throw new TokenizerFileError(`${where}: the id ${id} is that of ${JSON.stringify(owner)} as well`);
    }
    owners.set(id, piece);
    vocabulary.set(piece, id);
  }
  characters.forEach((character, byte) => {
    if (!vocabulary.has(character)) {
      throw new TokenizerFileError(
        `${vocabularyFile} lacks the byte ${byte}, written ${JSON.stringify(character)}: all 256 must be there, ` +
          `as a text may hold any`,
      );
    }
  });
  return vocabulary;
}

/** The merges, and the bytes and what each merge makes, in order. */
function parseMerges(text: string, vocabulary: ReadonlyMap<string, number>): { merges: Merge[]; pieces: string[] } {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const pieces = [...characters];
  const places = new Map(pieces.map((piece, i) => [piece, i])); // of each piece
  const merges: Merge[] = [];
  lines.forEach((line, i) => {
    if (i === 0 && line.startsWith("#version")) return;
    const where = `${mergesFile}, line ${i + 1}`;
    const [left, right, ...others] = line.split(" ");
    if (!left || !right || others.length > 0) {
      throw new TokenizerFileError(
        `${where}: it must be two tokens with a space between them: ${JSON.stringify(line)}`,
      );
    }
    const merge = [left, right].map((piece) => {
      const place = places.get(piece);
      if (place === undefined) {
        throw new TokenizerFileError(
          `${where}: a token must be a byte, or made by a line before: ${JSON.stringify(piece)}`,
        );
      }
      return place;
    });
    const made = left + right;
    if (!vocabulary.has(made)) {
      throw new TokenizerFileError(`${where}: it makes what ${vocabularyFile} lacks: ${JSON.stringify(made)}`);
    }
    if (places.has(made)) {
      throw new TokenizerFileError(`${where}: it makes what a line before made: ${JSON.stringify(made)}`);
    }
    places.set(made, pieces.length);
    pieces.push(made);
    merges.push([merge[0]!, merge[1]!]);
  });
  return { merges, pieces };
}
