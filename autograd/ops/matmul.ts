import { anything } from "../../checks/mod.ts";
import { contiguous } from "../../kernels/view.ts";
import { method, type Methods } from "../methods.ts";
import { lift, sameDevice } from "../operands.ts";
import { record } from "../record.ts";
import { broadcastShapes, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expand } from "./broadcast.ts";
import { reshape, transpose } from "./layout.ts";

/** The matrix product as a method of `Tensor`. */
export interface MatmulMethods {
  /**
   * The matrix product `out[i, j] = Σₖ this[i, k] · b[k, j]`, `[…, M, K] · […, K, N] → […, M, N]`; leading axes broadcast.
   *
   * A vector `[K]` on the left counts as a row, on the right as a column, and its axis is not in the result.
   *
   * @throws {TypeError} If the inner dimensions differ, or an operand is a single number.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const a = Tensor.from([[1, 2], [3, 4]]);
   * assert.deepEqual(a.matmul(Tensor.from([[1], [10]])).toArray(), [[21], [43]]);
   * ```
   */
  matmul(b: Tensor): Tensor;
}

/**
 * Matrix product: `out[i, j] = Σₖ a[i, k] · b[k, j]`, `[…, M, K] · […, K, N] → […, M, N]`; leading axes broadcast.
 *
 * A vector `[K]` on the left counts as a row, on the right as a column, and its axis is not in the result.
 *
 * @throws {TypeError} If the inner dimensions differ, leading axes do not broadcast, or an operand is a single number.
 */
export function matmul(left: Tensor, factor: Tensor): Tensor {
  const right = lift("multiply matrices", factor, left); // a number gets an error of its own below
  const a = left.rank === 1 ? reshape(left, [1, -1]) : left; // [K] → [1, K]
  const b = right.rank === 1 ? reshape(right, [-1, 1]) : right; // [K] → [K, 1]
  const shapes = () => `Cannot multiply matrices of shapes ${showShape(left.shape)} and ${showShape(right.shape)}`;
  if (a.rank === 0 || b.rank === 0) throw new TypeError(`${shapes()}, as a single number is not a matrix: use mul`);
  const [inner, other] = [a.shape.at(-1), b.shape.at(-2)];
  if (inner !== other) throw new TypeError(`${shapes()}, as the inner dimensions must match: ${inner} and ${other}`);

  const batch = broadcastShapes("multiply matrices in", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = b.rank === 2 ? rowsTimes(a, b) : product(
    expand(a, [...batch, ...a.shape.slice(-2)]), // [batch, M, K]
    expand(b, [...batch, ...b.shape.slice(-2)]), // [batch, K, N]
  );
  if (left.rank > 1 && right.rank > 1) return out;
  const rows = left.rank === 1 ? [] : out.shape.slice(-2, -1);
  const columns = right.rank === 1 ? [] : out.shape.slice(-1);
  return reshape(out, [...batch, ...rows, ...columns]);
}

/** `a · b` for a single matrix b: all rows of a at once, so that ∂L/∂b is one product too, not a sum of products. */
function rowsTimes(a: Tensor, b: Tensor): Tensor {
  const rows = a.shape.slice(0, -1);
  const out = product(reshape(a, [sizeOf(rows), a.shape.at(-1)!]), b); // [batch · M, K] · [K, N]
  return reshape(out, [...rows, b.shape[1]!]); // [batch, M, N]
}

/** `a · b` for equal leading axes. */
function product(a: Tensor, b: Tensor): Tensor {
  const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
  const view = contiguous(sameDevice("multiply", [a, b]).matmul(a.view, b.view), shape);
  return record("matmul", [a, b], view, (grad) => [
    () => product(grad, transpose(b)), // ∂L/∂a = ∂L/∂out · bᵀ
    () => isTransposed(b) ? transpose(product(transpose(grad), a)) : product(transpose(a), grad), // ∂L/∂b = aᵀ · ∂L/∂out
  ]);
}

/**
 * Whether a matrix is the transpose of a row-major one, as with a layer's weights. Its gradient is then computed
 * transposed too: the gradient of the weights gets their layout, and updates them without a copy.
 */
function isTransposed({ view: { strides } }: Tensor): boolean {
  return strides.at(-2) === 1 && strides.at(-1) !== 1;
}

/** The function behind the method. */
export const matmulMethods: Methods<MatmulMethods> = { matmul: method(matmul, { b: anything }) };
