/** The triangles of a matrix: what lies on one side of a diagonal. */

import { whole } from "../../checks/mod.ts";
import { method, type Methods } from "../methods.ts";
import { showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { toMask, where } from "./selection.ts";

/** Triangles as methods of `Tensor`. */
export interface TriangleMethods {
  /**
   * The lower triangle of matrices `[…, M, N]`: 0 where `column > row + diagonal`. Default: 0, the main diagonal.
   *
   * @throws {TypeError} If the tensor has fewer than two axes.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.ones([3, 3]).tril().toArray(), [[1, 0, 0], [1, 1, 0], [1, 1, 1]]);
   * ```
   */
  tril(diagonal?: number): Tensor;
  /**
   * The upper triangle of matrices `[…, M, N]`: 0 where `column < row + diagonal`. Default: 0, the main diagonal.
   *
   * @throws {TypeError} If the tensor has fewer than two axes.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.ones([3, 3]).triu(1).toArray(), [[0, 1, 1], [0, 0, 1], [0, 0, 0]]);
   * ```
   */
  triu(diagonal?: number): Tensor;
}

/** Lower triangle: `out[i, j] = j ≤ i + diagonal ? a[i, j] : 0`. */
export function tril(a: Tensor, diagonal = 0): Tensor {
  return keep(a, (row, column) => column <= row + diagonal);
}

/** Upper triangle: `out[i, j] = j ≥ i + diagonal ? a[i, j] : 0`. */
export function triu(a: Tensor, diagonal = 0): Tensor {
  return keep(a, (row, column) => column >= row + diagonal);
}

/** Keeps some elements of each matrix, and sets the others to 0; the gradient is that of `where`. */
function keep(a: Tensor, isKept: (row: number, column: number) => boolean): Tensor {
  const [M, N] = a.shape.slice(-2);
  if (M === undefined || N === undefined) {
    throw new TypeError(`Cannot take a triangle, as it is part of a matrix: a tensor of shape ${showShape(a.shape)}`);
  }
  if (a.size === 0) return a;
  const mask = Array.from({ length: M }, (_, row) => Array.from({ length: N }, (_, column) => isKept(row, column)));
  return where(toMask(mask, a), a, 0); // [M, N] broadcasts to […, M, N]
}

/** The functions behind the methods. */
export const triangleMethods: Methods<TriangleMethods> = {
  tril: method(tril, { diagonal: whole() }),
  triu: method(triu, { diagonal: whole() }),
};
