/** The checks of models on their tokens and on the inputs that come with them. */

import type { PaddingMask } from "../layers/padding_mask.ts";
import { someTokens, type TokenBatch, tokenRows } from "../tokens.ts";

/**
 * The rows of a batch of tokens `[B, T]`, checked to fit into the context.
 *
 * @param start The number of tokens before them.
 * @throws {TypeError} If the tokens are not `[B, T]`, lists of whole numbers of equal lengths, or the batch is empty.
 * @throws {RangeError} If a sequence is longer than the context.
 */
export function rowsInContext(
  action: string,
  tokens: TokenBatch,
  contextLength: number,
  start = 0,
): { rows: number[][]; T: number } {
  const rows = someTokens(action, "tokens", tokens);
  const T = rows[0]!.length;
  if (start + T <= contextLength) return { rows, T };
  throw new RangeError(`Cannot read ${start + T} tokens, as the context is of at most ${contextLength}`);
}

/**
 * The rows of an input that comes with the tokens: one number for each, `[B, T]`.
 *
 * @param what What it is, in the words of an error: `segments`.
 * @throws {TypeError} If it has another shape.
 */
export function rowsBeside(
  action: string,
  what: string,
  given: TokenBatch | PaddingMask,
  B: number,
  T: number,
): number[][] {
  const rows = tokenRows(action, what, given as TokenBatch); // true and false in a mask count as 1 and 0
  if (rows.length === B && rows[0]?.length === T) return rows;
  throw new TypeError(`Cannot ${action}, as ${what} must be [${B}, ${T}]: [${rows.length}, ${rows[0]?.length ?? 0}]`);
}
