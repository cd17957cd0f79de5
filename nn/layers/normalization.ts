/** Normalizing the vectors between layers, so that they and their gradients neither grow nor vanish with depth. */

import { recordFused } from "../../autograd/fused.ts";
import { contiguous } from "../../kernels/view.ts";
import { sameDevice } from "../../autograd/operands.ts";
import { showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, flag, optionsOf, required, size } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { epsilon, input } from "../rules.ts";
import { constant } from "./initialization.ts";

const layerNormRules = { x: input, gain: input, bias: input, eps: epsilon };

/**
 * `out = gain ⊙ (x − mean x) / √(var x + eps) + bias` along the last axis, in one kernel: `[…, C] → […, C]`.
 *
 * The variance divides by C; `gain` and `bias` are `[C]`.
 *
 * @param eps Prevents division by zero. Default: 1e-5.
 * @throws {TypeError} If the last axis of `x` does not have the size of the parameters.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.from([[1, 3]]); // mean 2, variance 1
 * assert.deepEqual(nn.layerNorm(x, Tensor.ones([2]), Tensor.zeros([2]), 0).toArray(), [[-1, 1]]);
 * ```
 */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, eps = 1e-5): Tensor {
  checkArguments("apply layer norm", arguments, layerNormRules);
  checkParameter("layer norm", x, gain);
  checkParameter("layer norm", x, bias);
  return recordFused("layerNorm", [x, gain, bias], {
    view: contiguous(x.kernels.layerNorm(x.view, gain.view, bias.view, eps), x.shape),
    backward: (grad) => {
      const by = x.kernels.layerNormBackward(x.view, gain.view, grad, eps);
      return [by.a, by.gain, by.bias];
    },
    composed: (x, gain, bias) => composedLayerNorm(x, gain, bias, eps),
  });
}

/** `layerNorm` in primitive operations; the variance divides by C, not C − 1. */
export function composedLayerNorm(x: Tensor, gain: Tensor, bias: Tensor, eps = 1e-5): Tensor {
  const centred = x.sub(x.mean(-1, { keepDims: true })); // […, C]
  const variance = centred.mul(centred).mean(-1, { keepDims: true }); // […, 1]
  return centred.div(variance.add(eps).sqrt()).mul(gain).add(bias);
}

const rmsNormRules = { x: input, gain: input, eps: epsilon };

/**
 * `out = gain ⊙ x / √(mean x² + eps)` along the last axis, in one kernel: `[…, C] → […, C]`; `gain` is `[C]`.
 *
 * @param eps Prevents division by zero. Default: 1e-5.
 * @throws {TypeError} If the last axis of `x` does not have the size of `gain`.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.from([[3, 3]]); // the root of the mean square is 3
 * assert.deepEqual(nn.rmsNorm(x, Tensor.from([1, 2]), 0).toArray(), [[1, 2]]);
 * ```
 */
export function rmsNorm(x: Tensor, gain: Tensor, eps = 1e-5): Tensor {
  checkArguments("apply RMS norm", arguments, rmsNormRules);
  checkParameter("RMS norm", x, gain);
  return recordFused("rmsNorm", [x, gain], {
    view: contiguous(x.kernels.rmsNorm(x.view, gain.view, eps), x.shape),
    backward: (grad) => {
      const by = x.kernels.rmsNormBackward(x.view, gain.view, grad, eps);
      return [by.a, by.gain];
    },
    composed: (x, gain) => composedRmsNorm(x, gain, eps),
  });
}

/** `rmsNorm` in primitive operations. */
export function composedRmsNorm(x: Tensor, gain: Tensor, eps = 1e-5): Tensor {
  const square = x.mul(x).mean(-1, { keepDims: true }); // […, 1]
  return x.div(square.add(eps).sqrt()).mul(gain);
}

/** The options of layer normalization. */
export interface LayerNormOptions {
  /** Added to the variance; prevents division by zero. Default: 1e-5. */
  eps?: number;
  /** Whether to add a bias. Default: true. */
  bias?: boolean;
}

const makingLayerNorm = {
  dim: required(size),
  options: optionsOf<LayerNormOptions>({ eps: epsilon, bias: flag }),
};
const running = { x: input };

/**
 * Layer normalization (arXiv 1607.06450): every vector along the last axis is normalized to mean 0 and variance 1, then
 * scaled by `weight` and shifted by `bias`, both `[C]`: `[…, C] → […, C]`.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const norm = new nn.LayerNorm(2, { eps: 0 });
 * assert.deepEqual(norm.forward(Tensor.from([[1, 3], [20, 10]])).toArray(), [[-1, 1], [1, -1]]);
 * ```
 */
export class LayerNorm extends Module {
  /** The gain, `[C]`, initially ones. */
  weight: Tensor;
  /** The shift, `[C]`, initially zeros; `undefined` without one. */
  bias: Tensor | undefined;
  /** The given options. */
  readonly options: Readonly<LayerNormOptions>;
  readonly #none: Tensor; // the bias of a layer without one one one

  /**
   * Makes a norm of a last axis of size `dim`, with gain 1 and bias 0.
   *
   * @param dim C, the size of the last axis.
   */
  constructor(dim: number, options: LayerNormOptions = {}) {
    super();
    checkArguments("make a LayerNorm", arguments, makingLayerNorm);
    this.options = { ...options };
    this.weight = constant([dim], 1);
    this.bias = options.bias ?? true ? constant([dim], 0) : undefined;
    this.#none = this.weight.like(0);
  }

  /** Every vector normalized, scaled and shifted: `[…, C] → […, C]`. */
  override forward(x: Tensor): Tensor {
    checkArguments("apply a LayerNorm", arguments, running);
    return layerNorm(x, this.weight, this.bias ?? this.#none, this.options.eps);
  }
}

/** The options of root-mean-square normalization. */
export interface RMSNormOptions {
  /** Added to the mean square; prevents division by zero. Default: 1e-5. */
  eps?: number;
}

const makingRmsNorm = { dim: required(size), options: optionsOf<RMSNormOptions>({ eps: epsilon }) };

/**
 * Root-mean-square normalization (arXiv 1910.07467): layer norm without the mean and the shift, `[…, C] → […, C]`.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const norm = new nn.RMSNorm(2, { eps: 0 });
 * assert.deepEqual(norm.forward(Tensor.from([[5, -5]])).toArray(), [[1, -1]]);
 * ```
 */
export class RMSNorm extends Module {
  /** The gain, `[C]`, initially ones. */
  weight: Tensor;
  /** The given options. */
  readonly options: Readonly<RMSNormOptions>;

  /**
   * Makes a norm of a last axis of size `dim`, with gain 1.
   *
   * @param dim C, the size of the last axis.
   */
  constructor(dim: number, options: RMSNormOptions = {}) {
    super();
    checkArguments("make an RMSNorm", arguments, makingRmsNorm);
    this.options = { ...options };
    this.weight = constant([dim], 1);
  }

  /** Every vector normalized and scaled: `[…, C] → […, C]`. */
  override forward(x: Tensor): Tensor {
    checkArguments("apply an RMSNorm", arguments, running);
    return rmsNorm(x, this.weight, this.options.eps);
  }
}

function checkParameter(action: string, x: Tensor, parameter: Tensor): void {
  sameDevice(`apply ${action} to`, [x, parameter]); // before a kernel gets what it cannot read
  if (x.rank > 0 && parameter.rank === 1 && parameter.shape[0] === x.shape.at(-1)) return;
  throw new TypeError(
    `Cannot apply ${action} to a tensor of shape ${showShape(x.shape)}, ` +
      `as its last axis must be as long as the parameters: ${showShape(parameter.shape)}`,
  );
}
