/** The masked objective: some tokens are hidden, and predicted from both sides, as in BERT (arXiv 1810.04805). */

import type { Random } from "../../autograd/random.ts";
import { anything, checkArguments, listOf, optionsOf, real, required, size } from "../../checks/mod.ts";
import { chance, token } from "../rules.ts";
import { someTokens, type TokenBatch } from "../tokens.ts";
import { IGNORED, type ObjectiveBatch } from "./causal.ts";

/** The options of `maskedBatch`. */
export interface MaskedBatchOptions {
  /** The token that hides another, such as that of `[MASK]`. */
  maskToken: number;
  /** V: random tokens are drawn from 0 to V − 1. */
  vocabSize: number;
  /** The probability that a token is chosen. Default: 0.15. */
  rate?: number;
  /** Tokens that are never chosen nor drawn, such as `[CLS]`, `[SEP]` and `[PAD]`. `maskToken` is one. Default: none. */
  special?: readonly number[];
  /** Draws the chosen tokens and what replaces them. */
  random: Random;
}

/** Of the chosen tokens, the share that is hidden, and the share that is replaced by a random token. */
const [HIDDEN, REPLACED] = [0.8, 0.1];

const rules = {
  rows: anything, // `someTokens` checks them
  options: required(optionsOf<MaskedBatchOptions>({
    maskToken: required(token),
    vocabSize: required(size),
    rate: real({ min: 0, max: 1 }),
    special: listOf(token, "tokens"),
    random: chance,
  })),
};

/**
 * The batch of the masked objective: each token is chosen with probability `rate`, and is then a target. Of the chosen
 * tokens, 80 % are replaced by `maskToken`, 10 % by a random token, and 10 % are kept: a model that cannot tell which
 * tokens are right must keep a good guess of every one.
 *
 * @param rows `[B, T]`
 * @returns Inputs and targets, both `[B, T]`; the target is −100 where nothing was chosen.
 * @throws {TypeError} If the rows are not lists of tokens of one length.
 * @throws {RangeError} If a token is not below `vocabSize`, or all tokens are special, so that none can be drawn.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const [cls, mask] = [0, 1];
 * const rows = [[cls, 5, 6, 7, 8]];
 * const random = new Random(1);
 * const { inputs, targets } = nn.maskedBatch(rows, { maskToken: mask, vocabSize: 9, special: [cls], rate: 0.5, random });
 * assert.equal(targets[0]![0], -100); // a special token is never chosen
 * targets[0]!.forEach((target, t) => assert.ok(target === -100 ? inputs[0]![t] === rows[0]![t] : target === rows[0]![t]));
 * ```
 */
export function maskedBatch(rows: TokenBatch, options: MaskedBatchOptions): ObjectiveBatch {
  checkArguments("make a masked batch", arguments, rules);
  const { maskToken, vocabSize, rate = 0.15, special = [], random } = options;
  const tokens = someTokens("make a masked batch", "rows", rows); // [B, T]
  const untouched = new Set([maskToken, ...special]);
  for (const known of [...untouched, ...tokens.flat()]) {
    if (Number.isInteger(known) && known >= 0 && known < vocabSize) continue;
    throw new RangeError(`Cannot make a masked batch, as tokens must be from 0 to ${vocabSize - 1}: ${known}`);
  }
  const drawable = Array.from({ length: vocabSize }, (_, token) => token).filter((token) => !untouched.has(token));
  if (drawable.length === 0) {
    throw new RangeError("Cannot make a masked batch, as there must be tokens that are not special: all are");
  }
  const instead = (token: number): number => {
    const draw = random.uniform();
    if (draw < HIDDEN) return maskToken;
    return draw < HIDDEN + REPLACED ? drawable[random.integer(0, drawable.length)]! : token;
  };
  const chosen = tokens.map((row) => row.map((token) => !untouched.has(token) && random.uniform() < rate)); // [B, T]
  return {
    inputs: tokens.map((row, b) => row.map((token, t) => chosen[b]![t] ? instead(token) : token)), // [B, T]
    targets: tokens.map((row, b) => row.map((token, t) => chosen[b]![t] ? token : IGNORED)), // [B, T]
  };
}
