/** Selecting elements by index or by a mask. */

import { anything, number, required } from "../../checks/mod.ts";
import { contiguous } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { isNumberArray, type Nested, type NumberArray, unnest } from "../nested.ts";
import { lift, type Operand, sameDevice } from "../operands.ts";
import { record } from "../record.ts";
import { checkIndex, normaliseAxis, type Shape, showShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { broadcast, expand } from "./broadcast.ts";
import { permute, reshape } from "./layout.ts";
import { isTruth, markTruth } from "./truth.ts";

/** Integers: a number, nested arrays or a typed array of them. */
export type Indices = Nested<number> | NumberArray;

/** True and false, or 1 and 0: nested arrays, or a tensor such as the result of a comparison. */
export type Mask = Tensor | Nested<boolean | number>;

/** Selection as methods of `Tensor`. */
export interface SelectionMethods {
  /**
   * Slices by index along an axis, as rows of a table: `[V, C]` by `[B, T]` is `[B, T, C]`. Default: the first axis.
   *
   * @throws {TypeError | RangeError} If an index is not an integer, or lies outside the axis; −1 is the last.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const table = Tensor.from([[1, 2], [3, 4]]);
   * assert.deepEqual(table.gather([1, 1, 0]).toArray(), [[3, 4], [3, 4], [1, 2]]);
   * ```
   */
  gather(indices: Indices, axis?: number): Tensor;
  /**
   * This tensor where the mask holds, `other` elsewhere; all three broadcast.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).where([true, false], 0).toArray(), [1, 0]);
   * ```
   */
  where(mask: Mask, other: Operand): Tensor;
  /**
   * `value` where the mask holds, this tensor elsewhere; the mask broadcasts. No gradient flows to what is replaced.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).maskedFill([true, false], -Infinity).toArray(), [-Infinity, 2]);
   * ```
   */
  maskedFill(mask: Mask, value: number): Tensor;
}

/**
 * Slices of `a` by index along an axis, a lookup in a table: `out[i, …] = a[indices[i], …]` for axis 0.
 *
 * The shape of the indices takes the place of the axis: `[V, C]` by `[B, T]` is `[B, T, C]`. A slice that is selected
 * n times gets the sum of n gradients.
 *
 * @throws {TypeError} If an index is not an integer.
 * @throws {RangeError} If an index lies outside the axis; −1 is the last.
 */
export function gather(a: Tensor, indices: Indices, axis = 0): Tensor {
  const along = normaliseAxis("gather from", axis, a.shape);
  const action = `gather from axis ${axis} of a tensor of shape ${showShape(a.shape)}`;
  const size = a.shape[along]!;
  const { shape, numbers } = isNumberArray(indices)
    ? { shape: [indices.length], numbers: indices }
    : unnest(action, indices, undefined, "an integer");
  const rows = Int32Array.from(numbers, (index: number) => {
    checkIndex(action, "an index", index, size);
    return index < 0 ? index + size : index;
  });
  const others = a.shape.flatMap((_, i) => i === along ? [] : [i]);
  const table = permute(a, [along, ...others]); // [size, others]
  const picked = rowsOf(table, rows); // [rows, others]
  const order = [
    ...others.slice(0, along).map((_, i) => i + 1),
    0,
    ...others.slice(along).map((_, i) => i + along + 1),
  ];
  return reshape(permute(picked, order), [...a.shape.slice(0, along), ...shape, ...a.shape.slice(along + 1)]);
}

/** `out[i] = a[rows[i]]`. */
function rowsOf(a: Tensor, rows: Int32Array): Tensor {
  const out = contiguous(a.kernels.gather(a.view, rows), [rows.length, ...a.shape.slice(1)]);
  return record("gather", [a], out, (grad) => [
    addRows(grad, rows, a.shape), // ∂L/∂a[row] = Σ ∂L/∂out[i] over the i with rows[i] = row
  ]);
}

/** Zeros of `shape` where `out[rows[i]] += a[i]`: `rowsOf` in reverse. */
function addRows(a: Tensor, rows: Int32Array, shape: Shape): Tensor {
  const out = contiguous(a.kernels.scatterAdd(a.view, rows, shape), shape);
  return record("scatterAdd", [a], out, (grad) => [
    rowsOf(grad, rows), // ∂L/∂a[i] = ∂L/∂out[rows[i]]
  ]);
}

/** Choice, element by element: `out = mask ? a : b`; all three broadcast, and the mask holds zeros and ones alone. */
export function where(mask: Tensor, left: Tensor, right: Operand): Tensor {
  const action = "choose between";
  const [c, a, b] = broadcast(action, mask.detach(), left, lift(action, right, left));
  const kernels = sameDevice(action, [c, a, b]);
  return record("where", [a, b], contiguous(kernels.select(c.view, a.view, b.view), a.shape), (grad) => [
    () => where(c, grad, 0), // ∂L/∂a = mask ? ∂L/∂out : 0
    () => where(c, grad.like(0), grad), // ∂L/∂b = mask ? 0 : ∂L/∂out
  ]);
}

/** `value` where the mask holds, `a` elsewhere; the mask broadcasts to `a`. No gradient flows to what is replaced. */
export function maskedFill(a: Tensor, mask: Tensor, value: number): Tensor {
  return where(expand(mask, a.shape), expand(lift("fill", value, a), a.shape), a);
}

/** What a mask may hold, in the words of an error. */
const TRUTH = "true, false, 1 or 0 (a mask of 0 and −∞ is added to scores instead: see maskedFill)";

/**
 * A mask as a tensor of zeros and ones, on the device of `beside`.
 *
 * @throws {TypeError} If it holds anything but true and false, or 1 and 0: a mask of 0 and −∞ is not one of these.
 */
export function toMask(mask: Mask, beside: Tensor): Tensor {
  if (mask instanceof Tensor) {
    checkTruth(mask);
    return mask.detach();
  }
  const accept = (leaf: unknown) => leaf === true || leaf === 1 ? 1 : leaf === false || leaf === 0 ? 0 : undefined;
  const { shape, numbers } = unnest("read a mask", mask, accept, TRUTH);
  return new Tensor(beside.kernels, markTruth(contiguous(beside.kernels.write(numbers), shape)));
}

/** Checks the numbers of a mask once: the result of a comparison, or a mask checked before, need not be read. */
function checkTruth(mask: Tensor): void {
  if (isTruth(mask.view)) return;
  const numbers = mask.data;
  const other = numbers.find((x) => x !== 0 && x !== 1);
  if (other !== undefined) throw new TypeError(`Cannot read a mask, as every element must be ${TRUTH}: ${other}`);
  if (mask.view.storage.length === numbers.length) markTruth(mask.view); // every number behind the view was seen
}

/** The functions behind the methods; the operations check masks and indices. */
export const selectionMethods: Methods<SelectionMethods> = {
  gather: method(gather, { indices: anything, axis: anything }),
  where: method((a, mask: Mask, other: Operand) => where(toMask(mask, a), a, other), {
    mask: anything,
    other: anything,
  }),
  maskedFill: method((a, mask: Mask, value: number) => maskedFill(a, toMask(mask, a), value), {
    mask: anything,
    value: required(number),
  }),
};
