/** The tokens of byte pair encoding: the bytes of each, and the pair that makes it. */

import { largestToken } from "./added_tokens.ts";
import type { RankedMerge } from "./apply_merges.ts";
import { byteCharacters, bytesOfPiece } from "./byte_characters.ts";
import { bytesOf } from "./bytes.ts";
import { type Merge, pairKey } from "./learn_merges.ts";

/** The tokens of byte pair encoding. */
export interface BytePairVocabulary {
  /** One more than the largest token. */
  readonly size: number;
  /** The token of each piece, written as in GPT-2's files. */
  readonly pieces: ReadonlyMap<string, number>;
  /** The merge of each pair, by its `pairKey`. */
  readonly merges: ReadonlyMap<number, RankedMerge>;
  /** The bytes of a token; none if there is no such token. */
  bytes(token: number): Uint8Array;
  /** The tokens of bytes, before any merge; bytes without a token are dropped. */
  byteTokens(bytes: Uint8Array): number[];
}

const longestPiece = 2 ** 20; // bytes

/**
 * The vocabulary of merges, which is derived from them or given.
 *
 * @throws {RangeError} If a merge uses an unknown token, or makes more than a million bytes.
 * @throws {TypeError} If a given vocabulary lacks the result of a merge, or repeats a token.
 *
 * @example
 * ```ts
 * import { readMerges } from "nabla/nn/tokenizers/byte_pair_vocabulary.ts";
 * import assert from "node:assert/strict";
 *
 * const { size, pieces } = readMerges([[104, 105], [32, 256]]); // h·i, ␣·hi
 * assert.equal(size, 258);
 * assert.equal(pieces.get("Ġhi"), 257);
 * ```
 */
export function readMerges(merges: readonly Merge[], vocabulary?: ReadonlyMap<string, number>): BytePairVocabulary {
  const pieces = vocabulary ?? new Map(byteCharacters.map((character, byte) => [character, byte]));
  const byToken = invert(pieces);
  const ranked = new Map<number, RankedMerge>();
  merges.forEach(([left, right], rank) => {
    const [a, b] = [byToken[left], byToken[right]];
    if (a === undefined || b === undefined) {
      const tokens = vocabulary === undefined ? `tokens from 0 to ${byToken.length - 1}` : "tokens of the vocabulary";
      throw new RangeError(
        `Cannot make a BytePairTokenizer, as merge ${rank} must be of ${tokens}: [${left}, ${right}]`,
      );
    }
    const piece = a + b;
    if (piece.length > longestPiece) {
      throw new RangeError(
        `Cannot make a BytePairTokenizer, as merge ${rank} must make at most ${longestPiece} bytes: ${piece.length}`,
      );
    }
    let made = pieces.get(piece);
    if (made === undefined) {
      if (vocabulary !== undefined) {
        throw new TypeError(
          `Cannot make a BytePairTokenizer, as its vocabulary must have what merge ${rank} makes: ${shorten(piece)}`,
        );
      }
      (pieces as Map<string, number>).set(piece, made = byToken.length); // it was made above
      byToken.push(piece);
    }
    ranked.set(pairKey(left, right), { rank, made });
  });
  const ofByte = byteCharacters.map((character) => pieces.get(character));
  const known: Uint8Array[] = []; // by token, computed on demand
  return {
    size: byToken.length,
    pieces,
    merges: ranked,
    bytes(token) {
      const piece = byToken[token] ?? "";
      return known[token] ??= bytesOfPiece(piece) ?? bytesOf(piece); // a piece that is not bytes is text
    },
    byteTokens: (bytes) => Array.from(bytes, (byte) => ofByte[byte]).filter((token) => token !== undefined),
  };
}

/** The piece of each token; `undefined` for a number without a piece. */
function invert(pieces: ReadonlyMap<string, number>): (string | undefined)[] {
  const byToken: (string | undefined)[] = [];
  for (const [piece, token] of pieces) {
    if (!Number.isInteger(token) || token < 0 || token > largestToken) {
      throw new RangeError(
        `Cannot make a vocabulary, as a token must be a whole number from 0 to ${largestToken}: ${token}, ` +
          `of ${shorten(piece)}`,
      );
    }
    while (byToken.length < token) byToken.push(undefined);
    const other = byToken[token];
    if (other !== undefined) {
      throw new TypeError(
        `Cannot make a vocabulary, as a token must be of one piece: ${token} is ${shorten(other)} and ${
          shorten(piece)
        }`,
      );
    }
    byToken[token] = piece;
  }
  return byToken;
}

/** A piece, shown in an error. */
function shorten(piece: string): string {
  return JSON.stringify(piece.length > 60 ? `${piece.slice(0, 60)}…` : piece);
}
