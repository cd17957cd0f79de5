/** What a loss in nats means, in units that can be compared. */

import { checkArguments, optionsOf, real, required, size } from "../../checks/mod.ts";

const nats = required(real({ min: 0 }));

/**
 * Perplexity, `e^loss`: the model is as unsure as one that chooses evenly among so many tokens.
 *
 * @param loss The mean loss, in nats per token.
 * @throws {RangeError} If the loss is negative or not finite.
 *
 * @example
 * ```ts
 * import { nn } from "nabla";
 * import assert from "node:assert/strict";
 *
 * assert.ok(Math.abs(nn.perplexity(Math.log(65)) - 65) < 1e-9); // before training, all 65 tokens are equally likely
 * ```
 */
export function perplexity(loss: number): number {
  checkArguments("take the perplexity", arguments, { loss: nats });
  return Math.exp(loss);
}

/** The sizes of a text, for `natsPerByte`. */
export interface TextSizeInputs {
  /** The number of tokens over which the loss was averaged. */
  tokens: number;
  /** The number of bytes of the same text in UTF-8. */
  bytes: number;
}

const sizes = {
  loss: nats,
  text: required(optionsOf<TextSizeInputs>({ tokens: required(size), bytes: required(size) })),
};

/**
 * The loss in nats per byte, `loss · tokens / bytes`.
 *
 * The loss per token depends on the tokenizer, as longer tokens are harder to predict. The loss per byte does not, so
 * that models with different tokenizers can be compared on the same text.
 *
 * @param loss The mean loss, in nats per token.
 * @throws {RangeError} If the loss is negative or not finite, or a size is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import { nn } from "nabla";
 * import assert from "node:assert/strict";
 *
 * assert.equal(nn.natsPerByte(3, { tokens: 100, bytes: 400 }), 0.75);
 * ```
 */
export function natsPerByte(loss: number, text: TextSizeInputs): number {
  checkArguments("take the loss per byte", arguments, sizes);
  return loss * text.tokens / text.bytes;
}
