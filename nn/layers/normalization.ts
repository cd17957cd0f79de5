/** Normalizing the vectors between layers, so that neither they nor their gradients grow or fade with depth. */

import { recordFused } from "../../autograd/fused.ts";
import { contiguous } from "../../kernels/view.ts";
import { sameDevice } from "../../autograd/operands.ts";
import { showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { constant } from "./initialization.ts";
import { Module } from "../module.ts";

/** `out = gain ⊙ (x − mean x) / √(var x + eps) + bias` along the last axis, in one kernel. */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, eps = 1e-5): Tensor {
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

/** `out = gain ⊙ x / √(mean x² + eps)` along the last axis, in one kernel. */
export function rmsNorm(x: Tensor, gain: Tensor, eps = 1e-5): Tensor {
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

/**
 * Layer normalization (arXiv 1607.06450): every vector of the last axis is brought to mean 0 and variance 1, then
 * scaled by `weight` and shifted by `bias`, both `[C]`: `[…, C] → […, C]`.
 */
export class LayerNorm extends Module {
  /** The gain, `[C]`, ones at first. */
  weight: Tensor;
  /** `[C]`, zeros at first. */
  bias: Tensor | undefined;
  readonly #none: Tensor; // the bias of a layer without

  /** @param options.eps Keeps the division from one by zero. */
  constructor(dim: number, readonly options: { eps?: number; bias?: boolean } = {}) {
    super();
    this.weight = constant([dim], 1);
    this.bias = options.bias ?? true ? constant([dim], 0) : undefined;
    this.#none = this.weight.like(0);
  }

  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias ?? this.#none, this.options.eps);
  }
}

/** Root-mean-square normalization (arXiv 1910.07467): layer norm without the mean and the shift, `[…, C] → […, C]`. */
export class RMSNorm extends Module {
  /** The gain, `[C]`, ones at first. */
  weight: Tensor;

  constructor(dim: number, readonly options: { eps?: number } = {}) {
    super();
    this.weight = constant([dim], 1);
  }

  override forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, this.options.eps);
  }
}

function checkParameter(action: string, x: Tensor, parameter: Tensor): void {
  sameDevice(`apply ${action} to`, [x, parameter]); // before a kernel is given what it cannot read
  if (x.rank > 0 && parameter.rank === 1 && parameter.shape[0] === x.shape.at(-1)) return;
  throw new TypeError(
    `Cannot apply ${action} to a tensor of shape ${showShape(x.shape)}, ` +
      `as its last axis must be as long as the parameters: ${showShape(parameter.shape)}`,
  );
}
