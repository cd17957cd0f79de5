/** Losses. */

import { recordFused } from "../../autograd/fused.ts";
import { type Nested, type NumberArray, unnest } from "../../autograd/nested.ts";
import { contiguous } from "../../kernels/view.ts";
import { sameShape, showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, optionsOf, real, required, whole } from "../../checks/mod.ts";
import { input, targetLists } from "../rules.ts";
import type { TokenBatch } from "../tokens.ts";

/** The options of `crossEntropy`. */
export interface CrossEntropyOptions {
  /** The target to ignore. Default: −100, as in PyTorch. */
  ignoreIndex?: number;
  /** The share ε of the target's probability that is spread evenly over all classes (arXiv 1512.00567). Default: 0. */
  labelSmoothing?: number;
}

/** Classes, as nested arrays or typed arrays: of shape `[N]` or `[B, T]`, for instance. */
export type Targets = Nested<number> | NumberArray | TokenBatch;

const counting = {
  logits: input,
  targets: required(targetLists),
  options: optionsOf<CrossEntropyOptions>({ ignoreIndex: whole(), labelSmoothing: real({ min: 0, max: 1 }) }),
};

/**
 * Cross-entropy: `mean of −ln softmax(logits)[target]`, in nats, over the positions that are not ignored; 0 if there
 * are none.
 *
 * @param logits `[…, V]`
 * @param targets A class from 0 to V − 1 for each position, as nested arrays of the logits' leading shape.
 * @throws {TypeError} If the targets have another shape, or are not integers.
 * @throws {RangeError} If a target is not a class, or an option is out of range.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const logits = Tensor.from([[800, 0, -800], [0, 0, 0]]); // [2, V]
 * assert.ok(Math.abs(nn.crossEntropy(logits, [0, 2]).item() - Math.log(3) / 2) < 1e-6);
 * ```
 */
export function crossEntropy(logits: Tensor, targets: Targets, options: CrossEntropyOptions = {}): Tensor {
  checkArguments("take the cross-entropy", arguments, counting);
  const { ignoreIndex = -100, labelSmoothing = 0 } = options;
  const classes = logits.shape.at(-1) ?? 0;
  const rows = classIndices(logits, targets, ignoreIndex);
  const flat = logits.reshape([rows.length, classes]); // [N, V]
  const counted = Math.max(1, rows.reduce((n, row) => row < 0 ? n : n + 1, 0));
  const loss = pickedLosses(flat, rows).sum().div(counted);
  if (labelSmoothing === 0) return loss;
  const ignored = Array.from(rows, (row) => row < 0);
  const own = ignored.includes(true) ? flat.maskedFill(ignored.map((row) => [row]), 0) : flat; // a NaN must not come back
  const uniform = own.logSoftmax(-1).mean(-1).neg(); // [N]
  const even = uniform.maskedFill(ignored, 0).sum().div(counted);
  return loss.mul(1 - labelSmoothing).add(even.mul(labelSmoothing));
}

/** `−ln softmax(logits)[target]` of each row, 0 where the target is negative, in one kernel: `[N, V] → [N]`. */
function pickedLosses(logits: Tensor, rows: Int32Array): Tensor {
  return recordFused("crossEntropy", [logits], {
    view: contiguous(logits.kernels.crossEntropy(logits.view, rows), [rows.length]),
    backward: (grad) => [logits.kernels.crossEntropyBackward(logits.view, rows, grad)],
    composed: (logits) => composedCrossEntropy(logits, rows),
  });
}

/** The losses of the rows in primitive operations: `[N, V] → [N]`, 0 for a negative target. */
export function composedCrossEntropy(logits: Tensor, rows: Int32Array): Tensor {
  const classes = logits.shape[1]!;
  const picked = Array.from(rows, (row, n) => n * classes + Math.max(0, row));
  const losses = logits.logSoftmax(-1).reshape([-1]).gather(picked).neg(); // [N]
  return losses.maskedFill(Array.from(rows, (row) => row < 0), 0);
}

/** The targets as a flat list, −1 for ignored ones. */
function classIndices(logits: Tensor, targets: Targets, ignoreIndex: number): Int32Array {
  const leading = logits.shape.slice(0, -1);
  const { shape, numbers } = unnest("take the cross-entropy", targets, undefined, "an integer");
  if (logits.rank === 0 || !sameShape(shape, leading)) {
    throw new TypeError(
      `Cannot take the cross-entropy of logits of shape ${showShape(logits.shape)}, ` +
        `as the targets must have their leading shape, ${showShape(leading)}: ${showShape(shape)}`,
    );
  }
  const classes = logits.shape.at(-1)!;
  return Int32Array.from(numbers, (target: number) => {
    if (target === ignoreIndex) return -1;
    if (Number.isInteger(target) && target >= 0 && target < classes) return target;
    throw new RangeError(
      `Cannot take the cross-entropy, as a target must be an integer from 0 to ${classes - 1}, or ${ignoreIndex} ` +
        `to be ignored: ${target}`,
    );
  });
}

const comparing = { a: input, b: input };

/**
 * Mean squared error: `mean of (a − b)²` over all elements.
 *
 * @throws {TypeError} If the shapes differ: there is no broadcasting, as it would hide mistakes.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * assert.equal(nn.mseLoss(Tensor.from([1, 2]), Tensor.from([1, 4])).item(), 2); // (0² + 2²) / 2
 * ```
 */
export function mseLoss(a: Tensor, b: Tensor): Tensor {
  checkArguments("take the mean squared error", arguments, comparing);
  if (!sameShape(a.shape, b.shape)) {
    const shapes = `${showShape(a.shape)} and ${showShape(b.shape)}`;
    throw new TypeError(`Cannot take the mean squared error of shapes ${shapes}, as they must be equal`);
  }
  const difference = a.sub(b);
  return difference.mul(difference).mean();
}
