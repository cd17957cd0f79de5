/**
 * The operations as methods, so that they chain: `a.matmul(b).add(c).relu()`. Formulas, gradients and errors stand where
 * each is defined, in `ops/`.
 */

import type { NestedNumbers } from "./nested.ts";
import * as arithmetic from "./ops/arithmetic.ts";
import { type Axes, expand, type ReduceOptions, sum } from "./ops/broadcast.ts";
import * as functions from "./ops/functions.ts";
import * as layout from "./ops/layout.ts";
import { matmul } from "./ops/matmul.ts";
import * as reduction from "./ops/reduction.ts";
import * as selection from "./ops/selection.ts";
import { logSoftmax, softmax } from "./ops/softmax.ts";
import type { Operand } from "./record.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** The methods of `Tensor`, its only subclass; shapes of two operands broadcast. */
export abstract class TensorMethods {
  /** `this + b`, element by element. */
  add(this: Tensor, b: Operand): Tensor {
    return arithmetic.add(this, b);
  }

  /** `this − b`, element by element. */
  sub(this: Tensor, b: Operand): Tensor {
    return arithmetic.sub(this, b);
  }

  /** `this ⊙ b`, element by element. */
  mul(this: Tensor, b: Operand): Tensor {
    return arithmetic.mul(this, b);
  }

  /** `this / b`, element by element. */
  div(this: Tensor, b: Operand): Tensor {
    return arithmetic.div(this, b);
  }

  /** `this ^ b`, element by element. */
  pow(this: Tensor, b: Operand): Tensor {
    return arithmetic.pow(this, b);
  }

  /** `−this`. */
  neg(this: Tensor): Tensor {
    return arithmetic.neg(this);
  }

  /** `ln this`. */
  log(this: Tensor): Tensor {
    return arithmetic.log(this);
  }

  /** `e^this`. */
  exp(this: Tensor): Tensor {
    return functions.exp(this);
  }

  /** `√this`. */
  sqrt(this: Tensor): Tensor {
    return functions.sqrt(this);
  }

  /** `|this|`; the derivative at 0 is taken as 0. */
  abs(this: Tensor): Tensor {
    return functions.abs(this);
  }

  /** −1, 0 or 1, as the sign; a constant. */
  sign(this: Tensor): Tensor {
    return functions.sign(this);
  }

  /** `sin this`, in radians. */
  sin(this: Tensor): Tensor {
    return functions.sin(this);
  }

  /** `cos this`, in radians. */
  cos(this: Tensor): Tensor {
    return functions.cos(this);
  }

  /** `tanh this`. */
  tanh(this: Tensor): Tensor {
    return functions.tanh(this);
  }

  /** `1 / (1 + e^−this)`. */
  sigmoid(this: Tensor): Tensor {
    return functions.sigmoid(this);
  }

  /** `max(this, 0)`; the derivative at 0 is taken as 0. */
  relu(this: Tensor): Tensor {
    return functions.relu(this);
  }

  /** The error function, `2/√π ∫₀ e^(−t²) dt` up to this. */
  erf(this: Tensor): Tensor {
    return functions.erf(this);
  }

  /** `this ⊙ σ(this)`. */
  silu(this: Tensor): Tensor {
    return functions.silu(this);
  }

  /** `this ⊙ Φ(this)` with the normal distribution function Φ, exact or by GPT-2's approximation. */
  gelu(this: Tensor, options?: { approximate?: "tanh" }): Tensor {
    return functions.gelu(this, options);
  }

  /** 1 where `this > b`, else 0; a constant. */
  greater(this: Tensor, b: Operand): Tensor {
    return arithmetic.greater(this, b);
  }

  /** 1 where `this = b`, else 0; a constant. */
  equal(this: Tensor, b: Operand): Tensor {
    return arithmetic.equal(this, b);
  }

  /** 1 where `this < b`, else 0; a constant. */
  less(this: Tensor, b: Operand): Tensor {
    return arithmetic.less(this, b);
  }

  /** `Σ this` over the axes, all of them if none are named; negative axes count from the last. */
  sum(this: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
    return sum(this, axis, options);
  }

  /** `Σ this / n` over the axes. */
  mean(this: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
    return reduction.mean(this, axis, options);
  }

  /** The maximum over the axes; elements that tie share the gradient equally. */
  max(this: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
    return reduction.max(this, axis, options);
  }

  /** The minimum over the axes; elements that tie share the gradient equally. */
  min(this: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
    return reduction.min(this, axis, options);
  }

  /** Where the first maximum along an axis stands, as plain numbers. */
  argmax(this: Tensor, axis: number): NestedNumbers {
    return reduction.argmax(this, axis);
  }

  /** `e^this / Σ e^this` along an axis. */
  softmax(this: Tensor, axis: number): Tensor {
    return softmax(this, axis);
  }

  /** `this − ln Σ e^this` along an axis. */
  logSoftmax(this: Tensor, axis: number): Tensor {
    return logSoftmax(this, axis);
  }

  /** The matrix product, `[…, M, K] · […, K, N] → […, M, N]`. */
  matmul(this: Tensor, b: Tensor): Tensor {
    return matmul(this, b);
  }

  /** The same elements in another shape, of which one size may be −1. */
  reshape(this: Tensor, shape: Shape): Tensor {
    return layout.reshape(this, shape);
  }

  /** The axes in another order. */
  permute(this: Tensor, order: readonly number[]): Tensor {
    return layout.permute(this, order);
  }

  /** Two axes swapped, the last two if none are named. */
  transpose(this: Tensor, i?: number, j?: number): Tensor {
    return layout.transpose(this, i, j);
  }

  /** Repeated along missing axes and those of size 1, up to `shape`. */
  expand(this: Tensor, shape: Shape): Tensor {
    return expand(this, shape);
  }

  /** A part: one range an axis, `null` for all of it, `[start, end?, step?]`, or a number, which drops the axis. */
  slice(this: Tensor, ...ranges: readonly layout.Range[]): Tensor {
    return layout.slice(this, ...ranges);
  }

  /** This tensor, then the others, along an axis; `Tensor.concat` is the same for a list. */
  concat(this: Tensor, others: Tensor | readonly Tensor[], axis?: number): Tensor {
    return layout.concat([this, others].flat(), axis);
  }

  /** This tensor and the others along a new axis; `Tensor.stack` is the same for a list. */
  stack(this: Tensor, others: Tensor | readonly Tensor[], axis?: number): Tensor {
    return layout.stack([this, others].flat(), axis);
  }

  /** Slices by number along an axis, as from a table: `[V, C]` by `[B, T]` is `[B, T, C]`. */
  gather(this: Tensor, indices: selection.Indices, axis?: number): Tensor {
    return selection.gather(this, indices, axis);
  }

  /** This tensor where the mask holds, `other` elsewhere. */
  where(this: Tensor, mask: selection.Mask, other: Operand): Tensor {
    return selection.where(mask, this, other);
  }

  /** `value` where the mask holds, this tensor elsewhere. */
  maskedFill(this: Tensor, mask: selection.Mask, value: number): Tensor {
    return selection.maskedFill(this, mask, value);
  }
}
