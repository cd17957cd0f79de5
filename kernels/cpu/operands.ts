/**
 * Checks of operands. All arrays of this device are in one memory, where a kernel with a wrong length or a wrong index
 * would read, or even overwrite, another array.
 */

import type { Storage, View } from "../kernels.ts";
import { type Shape, sizeOf } from "../view.ts";

/**
 * Checks that an operand has this shape.
 *
 * @throws {TypeError} If it has another.
 */
export function hasShape(kernel: string, name: string, { shape }: { readonly shape: Shape }, wanted: Shape): void {
  if (shape !== wanted && !equal(shape, wanted)) throw wrongShape(kernel, name, shape, wanted);
}

/**
 * Checks that a list has this length.
 *
 * @throws {TypeError} If it has another.
 */
export function hasLength(kernel: string, name: string, list: Storage, wanted: number): void {
  if (list.length !== wanted) throw wrongShape(kernel, name, [list.length], [wanted]);
}

/**
 * Checks that indices are below `count`, and at least 0 or `least`.
 *
 * @throws {RangeError} If one is not.
 */
export function areBelow(kernel: string, indices: Int32Array, count: number, least = 0): void {
  for (const index of indices) {
    if (index < least || index >= count) {
      const rule = least === 0 ? `from 0 to ${count - 1}` : `at most ${count - 1}`;
      throw new RangeError(`Cannot compute ${kernel}, as an index must be ${rule}: ${index}`);
    }
  }
}

/**
 * Checks that a view lies within its storage.
 *
 * @throws {RangeError} If it reaches beyond.
 */
export function liesWithin({ storage, shape, strides, offset }: View): void {
  let last = offset;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 0) return;
    last += (shape[axis]! - 1) * strides[axis]!;
  }
  if (last >= storage.length) {
    throw new RangeError(`Cannot reach element ${last} of an array of ${storage.length} numbers on the cpu device`);
  }
}

function equal(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

function wrongShape(kernel: string, name: string, shape: Shape, wanted: Shape): TypeError {
  return new TypeError(`Cannot compute ${kernel}, as the shape of ${name} must be [${wanted}]: [${shape}]`);
}

/** How many rows a view has along its last axis, and of how many numbers. */
export function rowsOf({ shape }: View): { n: number; rows: number } {
  return { n: shape.at(-1)!, rows: sizeOf(shape.slice(0, -1)) };
}
