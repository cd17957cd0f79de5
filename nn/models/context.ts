/** What models check of the tokens that they are given. */

import { someTokens, type TokenBatch } from "../tokens.ts";

/**
 * The rows of a batch of tokens `[B, T]`, once they are known to fit into the context.
 *
 * @param start How many tokens precede them.
 * @throws {TypeError} If the tokens are not `[B, T]`, lists of whole numbers of equal lengths, or there are none.
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
