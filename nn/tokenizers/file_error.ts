import { FileError, readBounded } from "../files.ts";

/**
 * A tokenizer file that cannot be read; the message names the file, the line or entry, and the rule.
 *
 * @example
 * ```ts
 * import { readTokenizer, TokenizerFileError } from "nabla/nn/tokenizers/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/tokenizer.json`, '{ "model": { "type": "Unigram" } }');
 * await assert.rejects(readTokenizer(folder), TokenizerFileError);
 * ```
 */
export class TokenizerFileError extends Error {
  /** The error's name. */
  override readonly name = "TokenizerFileError";
}

const mostBytes = 2 ** 27; // ten times the size of the largest vocabularies

/**
 * The text of a tokenizer's file. A byte order mark is dropped.
 *
 * @throws {TokenizerFileError} If it does not exist, cannot be read, is larger than 128 MiB, or is not UTF-8.
 */
export async function readTokenizerFile(path: string): Promise<string> {
  const wrong = (rule: string, cause: unknown) =>
    new TokenizerFileError(`Cannot read a tokenizer, as ${path} ${rule}`, { cause });
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(path, "read a tokenizer", mostBytes);
  } catch (cause) {
    if (cause instanceof FileError) throw new TokenizerFileError(cause.message, { cause });
    if (cause instanceof Deno.errors.NotFound) throw wrong("is not there", cause);
    throw wrong(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw wrong("is not UTF-8", cause);
  }
}

/**
 * The result of `make`; errors about its arguments become errors about the file that they came from.
 *
 * @throws {TokenizerFileError} If it throws a TypeError or a RangeError.
 */
export function fromFile<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    const rule = cause.message.replace(/^Cannot [^,]+, as /, "");
    throw new TokenizerFileError(`Cannot read ${file}, as ${rule}`, { cause });
  }
}
