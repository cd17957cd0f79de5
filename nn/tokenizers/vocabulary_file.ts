/** BERT's vocabulary file, `vocab.txt`: one piece per line; the line's number, from 0, is the token. */

import { dirname } from "node:path";
import { checkArguments, instance, optionsOf, required, string } from "../../checks/mod.ts";
import { makeFolder, writeWhole } from "../files.ts";
import { linesOf } from "../lines.ts";
import { type BertCleaning, cleaningRules } from "./bert_words.ts";
import { fromFile, readTokenizerFile } from "./file_error.ts";
import { WordPieceTokenizer } from "./word_piece.ts";

/**
 * Reads a WordPiece tokenizer from a `vocab.txt`.
 *
 * As in Hugging Face's libraries, an empty line keeps its number free, spaces at the end of a line are dropped, and of a
 * piece that is there twice the last line counts.
 *
 * @param cleaning How a text is cleaned, which the file does not say. Default: as for the `uncased` models.
 * @throws {TokenizerFileError} If the file is missing or cannot be read, or a special token is missing.
 *
 * @example
 * ```ts
 * import { readVocabularyFile, WordPieceTokenizer, writeVocabularyFile } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/vocab.txt`;
 * const tokenizer = WordPieceTokenizer.train("low lower lowest low", { vocabSize: 20 });
 * await writeVocabularyFile(tokenizer, path);
 * assert.deepEqual((await readVocabularyFile(path)).pieces, tokenizer.pieces);
 * ```
 */
export async function readVocabularyFile(path: string, cleaning: BertCleaning = {}): Promise<WordPieceTokenizer> {
  checkArguments("read a vocabulary", arguments, {
    path: required(string),
    cleaning: optionsOf<BertCleaning>(cleaningRules),
  });
  const pieces = parseVocabularyFile(await readTokenizerFile(path));
  return fromFile("vocab.txt", () => new WordPieceTokenizer(pieces, cleaning));
}

/**
 * Writes a `vocab.txt`, put in place whole. Creates its folder if needed.
 *
 * @throws {TypeError} If a piece holds an end of line, ends in a space, or holds half a surrogate pair, which UTF-8
 * cannot hold.
 *
 * @example
 * ```ts
 * import { WordPieceTokenizer, writeVocabularyFile } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/bert/vocab.txt`;
 * await writeVocabularyFile(WordPieceTokenizer.train("a a", { vocabSize: 6 }), path);
 * assert.equal(await Deno.readTextFile(path), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
 * ```
 */
export async function writeVocabularyFile(tokenizer: WordPieceTokenizer, path: string): Promise<void> {
  checkArguments("write a vocabulary", arguments, {
    tokenizer: required(instance(WordPieceTokenizer)),
    path: required(string),
  });
  const text = formatVocabularyFile(tokenizer);
  await makeFolder(dirname(path));
  await writeWhole(path, text);
}

/** The pieces of the text of a `vocab.txt`; spaces at the end of a line are no part of its piece. */
export function parseVocabularyFile(text: string): string[] {
  return linesOf(text).map(withoutSpaceAtEnd);
}

const space = /\p{White_Space}/u;

function withoutSpaceAtEnd(line: string): string {
  let end = line.length;
  while (end > 0 && space.test(line[end - 1]!)) end--;
  return line.slice(0, end);
}

/**
 * The text of a `vocab.txt`.
 *
 * @throws {TypeError} If a piece holds an end of line, ends in a space, or holds half a surrogate pair, which UTF-8
 * cannot hold.
 */
export function formatVocabularyFile({ pieces }: WordPieceTokenizer): string {
  for (const piece of pieces) {
    if (!/[\r\n]/.test(piece) && piece === withoutSpaceAtEnd(piece) && piece.isWellFormed()) continue;
    throw new TypeError(
      "Cannot write a vocab.txt, as a piece must be well-formed, without an end of line, and must not end in a space: " +
        JSON.stringify(piece),
    );
  }
  return pieces.map((piece) => `${piece}\n`).join("");
}
