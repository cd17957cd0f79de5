import { checkToken } from "./tokenizer.ts";

/**
 * A list of distinct pieces of text; the token of a piece is its index in the list.
 *
 * @example
 * ```ts
 * import { Vocabulary } from "nabla/nn/tokenizers/vocabulary.ts";
 * import assert from "node:assert/strict";
 *
 * const vocabulary = new Vocabulary(["to", "be"]);
 * assert.equal(vocabulary.token("be"), 1);
 * assert.equal(vocabulary.piece(0), "to");
 * assert.equal(vocabulary.token("or"), undefined);
 * ```
 */
export class Vocabulary {
  readonly #tokens: ReadonlyMap<string, number>;

  /** @throws {TypeError} If a piece is empty or repeated. */
  constructor(readonly pieces: readonly string[]) {
    const tokens = new Map<string, number>();
    pieces.forEach((piece, i) => {
      const rule = piece === "" ? "is empty" : tokens.has(piece) ? `is piece ${tokens.get(piece)} as well` : undefined;
      if (rule !== undefined) {
        throw new TypeError(`Cannot make a vocabulary, as piece ${i} ${rule}: ${JSON.stringify(piece)}`);
      }
      tokens.set(piece, i);
    });
    this.#tokens = tokens;
  }

  /** V, the number of pieces. */
  get size(): number {
    return this.pieces.length;
  }

  /** The token of a piece; `undefined` if it is not in the list. */
  token(piece: string): number | undefined {
    return this.#tokens.get(piece);
  }

  /**
   * The piece of a token.
   *
   * @throws {TypeError | RangeError} If it is not an integer from 0 to V − 1.
   */
  piece(token: number): string {
    checkToken(token, this.size);
    return this.pieces[token]!;
  }
}
