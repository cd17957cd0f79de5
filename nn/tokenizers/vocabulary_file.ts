/** BERT's vocabulary file, `vocab.txt`: one piece a line; the line's number, from 0, is the token. */

import { writeWhole } from "../files.ts";
import type { BertCleaning } from "./bert_words.ts";
import { readTokenizerFile, TokenizerFileError } from "./file_error.ts";
import { WordPieceTokenizer } from "./word_piece.ts";

/**
 * Reads a WordPiece tokenizer from a `vocab.txt`.
 *
 * @param cleaning The file does not tell: `uncased` models want lower case, which is what they get if nothing is said.
 * @throws {TokenizerFileError} If the file is missing, a line is empty or there twice, or a special token is missing.
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
  const pieces = parseVocabularyFile(await readTokenizerFile(path));
  try {
    return new WordPieceTokenizer(pieces, cleaning);
  } catch (cause) {
    throw new TokenizerFileError(`vocab.txt: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Writes a `vocab.txt`, put in place whole. */
export async function writeVocabularyFile(tokenizer: WordPieceTokenizer, path: string): Promise<void> {
  await writeWhole(path, formatVocabularyFile(tokenizer));
}

/**
 * The pieces of the text of a `vocab.txt`.
 *
 * @throws {TokenizerFileError} If a line is empty or there twice.
 */
export function parseVocabularyFile(text: string): string[] {
  const pieces = text.split(/\r?\n/);
  if (pieces.at(-1) === "") pieces.pop(); // after the last line's end
  const lines = new Map<string, number>();
  pieces.forEach((piece, i) => {
    const earlier = lines.get(piece);
    const rule = piece === "" ? "be empty" : earlier !== undefined ? `repeat line ${earlier}` : undefined;
    if (rule !== undefined) {
      throw new TokenizerFileError(`vocab.txt, line ${i + 1}: a piece must not ${rule}: ${JSON.stringify(piece)}`);
    }
    lines.set(piece, i + 1);
  });
  return pieces;
}

/**
 * The text of a `vocab.txt`.
 *
 * @throws {TypeError} If a piece holds an end of line, or half a surrogate pair, which UTF-8 cannot hold.
 */
export function formatVocabularyFile({ pieces }: WordPieceTokenizer): string {
  for (const piece of pieces) {
    if (/[\r\n]/.test(piece) || !piece.isWellFormed()) {
      throw new TypeError(
        `Cannot write a vocab.txt, as a piece must be well-formed and without an end of line: ${JSON.stringify(piece)}`,
      );
    }
  }
  return pieces.map((piece) => `${piece}\n`).join("");
}
