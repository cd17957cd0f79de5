/** The tokens that models read: batches of token lists. */

import { isList, show } from "../checks/mod.ts";
import type { Tokens } from "./tokenizers/tokenizer.ts";

/** Token numbers, `[B, T]`: B lists of T tokens each. */
export type TokenBatch = readonly Tokens[];

/**
 * The rows of a batch of tokens as plain arrays, once they are known to be `[B, T]`.
 *
 * The embedding checks whether a token is in the vocabulary.
 *
 * @param what What the tokens are, in the words of an error: `tokens`.
 * @throws {TypeError} If they are not a list of token lists of equal lengths.
 */
export function tokenRows(action: string, what: string, tokens: TokenBatch): number[][] {
  if (!isList(tokens) || !Array.from(tokens).every(isList)) {
    const hint = isList(tokens) && tokens.length > 0 ? "; put a single text into a list of its own" : "";
    throw new TypeError(`Cannot ${action}, as ${what} must be [B, T], a list of token lists: ${show(tokens)}${hint}`);
  }
  const rows = Array.from(tokens, (row) => Array.from(row));
  const T = rows[0]?.length ?? 0;
  const other = rows.find((row) => row.length !== T);
  if (other !== undefined) {
    throw new TypeError(
      `Cannot ${action}, as ${what} must be [B, T], lists of equal lengths: ${T} and ${other.length}; see nn.pad`,
    );
  }
  return rows;
}

/**
 * The lists of a batch `[B, T]` of which neither axis is empty.
 *
 * @throws {TypeError} If it is none, or holds lists of lists.
 */
export function someTokens(action: string, what: string, tokens: TokenBatch): number[][] {
  const rows = tokenRows(action, what, tokens);
  const T = rows[0]?.length ?? 0;
  if (T === 0) throw new TypeError(`Cannot ${action}, as there must be at least one token: [${rows.length}, 0]`);
  const nested = rows.find((row) => row.some(isList));
  if (nested === undefined) return rows;
  throw new TypeError(`Cannot ${action}, as ${what} must be [B, T], a list of token lists: ${show(tokens)}`);
}
