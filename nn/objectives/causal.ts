/** The causal objective: every position predicts the next token, as in GPT. */

import { anything, checkArguments, optionsOf } from "../../checks/mod.ts";
import { token } from "../rules.ts";
import { someTokens, type TokenBatch } from "../tokens.ts";

/** The options of `causalBatch`. */
export interface CausalBatchOptions {
  /** The token that fills rows up; it is no target. Default: none. */
  padToken?: number;
}

/** What a model reads, and what it should predict. */
export interface ObjectiveBatch {
  /** [B, T] */
  readonly inputs: number[][];
  /** [B, T]: the target of each position, −100 where there is none, which `crossEntropy` ignores. */
  readonly targets: number[][];
}

/** The target that `crossEntropy` ignores. */
export const IGNORED = -100;

const rules = {
  rows: anything, /* `someTokens` checks them */
  options: optionsOf<CausalBatchOptions>({ padToken: token }),
};

/**
 * The batch of the causal objective: `inputs = row[0 … T−1]` and `targets = row[1 … T]`, from rows of T + 1 tokens.
 *
 * The model's loss is then `−Σ ln p(target[t] | inputs[0 … t]) / N` over the N targets, in nats per token: by the chain
 * rule of probability, the whole row's surprise, shared among its tokens.
 *
 * @param rows `[B, T + 1]`; see `pad` for rows of different lengths.
 * @throws {TypeError} If the rows are not lists of tokens of one length, of at least 2 tokens.
 *
 * @example
 * ```ts
 * import { nn } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const { tokens } = nn.pad([[5, 6, 7, 8], [9, 6]], { value: 0 });
 * const { inputs, targets } = nn.causalBatch(tokens, { padToken: 0 });
 * assert.deepEqual(inputs, [[5, 6, 7], [9, 6, 0]]);
 * assert.deepEqual(targets, [[6, 7, 8], [6, -100, -100]]);
 * ```
 */
export function causalBatch(rows: TokenBatch, options: CausalBatchOptions = {}): ObjectiveBatch {
  checkArguments("make a causal batch", arguments, rules);
  const { padToken } = options;
  const tokens = someTokens("make a causal batch", "rows", rows); // [B, T + 1]
  const length = tokens[0]!.length;
  if (length < 2) {
    throw new TypeError(`Cannot make a causal batch, as a row must have a token and the one after it: ${length} token`);
  }
  return {
    inputs: tokens.map((row) => row.slice(0, -1)), // [B, T]
    targets: tokens.map((row) => row.slice(1).map((token) => token === padToken ? IGNORED : token)), // [B, T]
  };
}
