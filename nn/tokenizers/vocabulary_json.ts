/** A vocabulary in JSON: an object from pieces to tokens. */

import { show } from "../../checks/mod.ts";
import { isRecord } from "../checkpoint/json.ts";
import { type AddedToken, largestToken } from "./added_tokens.ts";
import { TokenizerFileError } from "./file_error.ts";

/**
 * Parses a JSON file that holds an object.
 *
 * @throws {TokenizerFileError} If the text is not JSON, or not an object.
 */
export function parseJsonFile(file: string, json: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause); // it names the line and column
    throw new TokenizerFileError(`Cannot read ${file}, as it must be JSON: ${detail}`, { cause });
  }
  if (!isRecord(parsed)) throw new TokenizerFileError(`Cannot read ${file}, as it must be an object: ${show(parsed)}`);
  return parsed;
}

/**
 * The token of each piece. Tokens may be in any order, and some may be missing.
 *
 * @throws {TokenizerFileError} If it is not an object of distinct whole numbers.
 */
export function parseVocabulary(file: string, json: string): Map<string, number> {
  return vocabularyOf(file, parseJsonFile(file, json));
}

/**
 * The token of each piece, from parsed JSON.
 *
 * @throws {TokenizerFileError} As `parseVocabulary`.
 */
export function vocabularyOf(file: string, parsed: unknown): Map<string, number> {
  if (!isRecord(parsed)) {
    throw new TokenizerFileError(`Cannot read ${file}, as its vocabulary must be an object: ${show(parsed)}`);
  }
  const owners: string[] = []; // by token
  const vocabulary = new Map<string, number>();
  for (const [piece, token] of Object.entries(parsed)) {
    if (typeof token !== "number" || !Number.isInteger(token) || token < 0 || token > largestToken) {
      throw new TokenizerFileError(
        `Cannot read ${file}, as the token of ${show(piece)} must be a whole number from 0 to ${largestToken}: ` +
          show(token),
      );
    }
    const owner = owners[token];
    if (owner !== undefined) {
      throw new TokenizerFileError(
        `Cannot read ${file}, as a token must be of one piece: ${token} is ${show(owner)} and ${show(piece)}`,
      );
    }
    owners[token] = piece;
    vocabulary.set(piece, token);
  }
  return vocabulary;
}

/**
 * The token of every piece and of every added token.
 *
 * @throws {TypeError} If an added token has the name of another token.
 */
export function withAddedTokens(
  vocabulary: ReadonlyMap<string, number>,
  addedTokens: readonly AddedToken[],
): Map<string, number> {
  const all = new Map(vocabulary);
  for (const { name, id } of addedTokens) {
    if ((all.get(name) ?? id) !== id) {
      throw new TypeError(
        `Cannot write a tokenizer, as an added token must not be named like another piece: ${JSON.stringify(name)}`,
      );
    }
    all.set(name, id);
  }
  return all;
}
