/** Picking elements: by number, or by a mask. */

import { flatten, isNumberArray, type Nested, type NumberArray } from "../nested.ts";
import { constant, dense, lift, type Operand, record } from "../record.ts";
import { checkIndex, normaliseAxis, type Shape, showShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { where as choose } from "./arithmetic.ts";
import { expand } from "./broadcast.ts";
import { permute, reshape } from "./layout.ts";
import { isTruth, markTruth } from "./truth.ts";

/** Integers: a number, nested arrays or a typed array of them. */
export type Indices = Nested<number> | NumberArray;

/** True and false, or 1 and 0: nested arrays, or a tensor such as a comparison's. */
export type Mask = Tensor | Nested<boolean | number>;

/**
 * Slices of `a` by number along an axis, as a lookup in a table: `out[i, …] = a[indices[i], …]` for axis 0.
 *
 * The shape of the indices takes the place of the axis: `[V, C]` by `[B, T]` is `[B, T, C]`. A slice that is picked n
 * times gets the sum of n gradients.
 *
 * @throws {TypeError} If an index is no integer.
 * @throws {RangeError} If an index lies outside the axis; −1 is the last.
 */
export function gather(a: Tensor, indices: Indices, axis = 0): Tensor {
  const action = `gather from axis ${axis} of a tensor of shape ${showShape(a.shape)}`;
  const along = normaliseAxis("gather from", axis, a.shape);
  const size = a.shape[along]!;
  const { shape, numbers } = isNumberArray(indices)
    ? { shape: [indices.length], numbers: indices }
    : flatten(action, indices, undefined, "an integer");
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
  const out = dense(a.kernels.gather(a.view, rows), [rows.length, ...a.shape.slice(1)]);
  return record("gather", [a], out, (grad) => [
    addRows(grad, rows, a.shape), // ∂L/∂a[row] = Σ ∂L/∂out[i] over the i with rows[i] = row
  ]);
}

/** Zeros of `shape` where `out[rows[i]] += a[i]`: `rowsOf` in reverse. */
function addRows(a: Tensor, rows: Int32Array, shape: Shape): Tensor {
  const out = dense(a.kernels.scatterAdd(a.view, rows, shape), shape);
  return record("scatterAdd", [a], out, (grad) => [
    rowsOf(grad, rows), // ∂L/∂a[i] = ∂L/∂out[rows[i]]
  ]);
}

/** `a` where the mask holds, `b` elsewhere; all three broadcast. */
export function where(mask: Mask, a: Tensor, b: Operand): Tensor {
  return choose(toMask(mask, a), a, lift("choose between", b, a));
}

/** `value` where the mask holds, `a` elsewhere; the mask broadcasts to `a`. No gradient flows to what is replaced. */
export function maskedFill(a: Tensor, mask: Mask, value: number): Tensor {
  return choose(expand(toMask(mask, a), a.shape), expand(lift("fill", value, a), a.shape), a);
}

/** What a mask may hold, as an error says it. */
const TRUTH = "true, false, 1 or 0 (a mask of 0 and −∞ is added to scores: for one, see maskedFill)";

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
  const { shape, numbers } = flatten("read a mask", mask, accept, TRUTH);
  return constant(beside, markTruth(dense(beside.kernels.write(numbers), shape)));
}

/** Looks at the numbers of a mask once: a comparison's result, or one that was looked at before, need not be read. */
function checkTruth(mask: Tensor): void {
  if (isTruth(mask.view)) return;
  const numbers = mask.data;
  const other = numbers.find((x) => x !== 0 && x !== 1);
  if (other !== undefined) throw new TypeError(`Cannot read a mask, as every element must be ${TRUTH}: ${other}`);
  if (mask.view.storage.length === numbers.length) markTruth(mask.view); // every number behind the view was seen
}
