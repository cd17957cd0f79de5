import { isNumberArray, unnest } from "../../autograd/nested.ts";
import type { Indices } from "../../autograd/ops/selection.ts";
import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { normal } from "./initialization.ts";
import { Module } from "../module.ts";

/**
 * A table of vectors, looked up by number: `out[b, t] = weight[tokens[b, t]]`, `[B, T] → [B, T, C]`.
 *
 * `weight` is `[V, C]`, standard normal at first, as in PyTorch.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const embedding = new nn.Embedding(10, 4, { random: new Random(1) });
 * assert.deepEqual(embedding.forward([[1, 2, 3], [3, 2, 1]]).shape, [2, 3, 4]);
 * ```
 */
export class Embedding extends Module {
  /** `[V, C]` */
  weight: Tensor;

  constructor(count: number, dim: number, { random }: { random: Random }) {
    super();
    this.weight = normal([count, dim], 1, random);
  }

  /** @throws {RangeError} If a token lies outside the table. */
  override forward(tokens: Indices): Tensor {
    const count = this.weight.shape[0]!;
    const numbers = isNumberArray(tokens)
      ? [...tokens]
      : unnest("embed tokens", tokens, undefined, "an integer").numbers;
    const stranger = numbers.find((token) => token < 0 || token >= count); // gather would count −1 from the end
    if (stranger !== undefined) {
      throw new RangeError(`Cannot embed tokens, as each must be an integer from 0 to ${count - 1}: ${stranger}`);
    }
    return this.weight.gather(tokens);
  }
}
