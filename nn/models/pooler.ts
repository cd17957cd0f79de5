import type { Random } from "../../autograd/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, optionsOf, required, size } from "../../checks/mod.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module.ts";
import { chance, input } from "../rules.ts";

const poolerRules = { dim: required(size), options: optionsOf<{ random: Random }>({ random: chance }) };
const poolingRules = { x: input };

/**
 * The first token's vector, `[CLS]`, through another layer: `out = tanh(x[0] Wᵀ + b)`, `[B, T, C] → [B, C]`.
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const pooler = new nn.Pooler(4, { random: new Random(1) });
 * assert.deepEqual(pooler.forward(Tensor.ones([2, 3, 4])).shape, [2, 4]); // [B, C]
 * ```
 */
export class Pooler extends Module {
  /** The layer, `[C, C]`. */
  readonly linear: Linear;

  /**
   * Makes a pooler of width `dim` with random weights.
   *
   * @param dim C, the width.
   */
  constructor(dim: number, options: { random: Random }) {
    super();
    checkArguments("make a Pooler", arguments, poolerRules);
    this.linear = new Linear(dim, dim, options);
  }

  /** A vector for each text: `[B, T, C] → [B, C]`. */
  override forward(x: Tensor): Tensor {
    checkArguments("apply a Pooler", arguments, poolingRules);
    return this.linear.forward(x.slice(null, 0)).tanh(); // [B, C]
  }
}
