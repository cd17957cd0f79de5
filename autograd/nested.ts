/** Nested arrays, as people write them, and flat lists of numbers with a shape, as tensors hold them. */

import { show } from "../checks/mod.ts";
import { checkRank, type Shape, showShape, sizeOf } from "./shape.ts";

/** A number, an array of numbers, an array of arrays of numbers … */
export type Nested<T> = T | readonly Nested<T>[];

/** Nested arrays of numbers. */
export type NestedNumbers = Nested<number>;

/** JavaScript's own arrays of numbers. */
export type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | Uint8ClampedArray;

/** Whether a value is an array that holds only numbers. */
export function isNumberArray(values: unknown): values is NumberArray {
  return ArrayBuffer.isView(values) && !(values instanceof DataView) &&
    !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array);
}

/**
 * The leaves of nested arrays in row-major order, with the shape; `accept` turns a leaf into a number. The innermost
 * arrays may be typed ones.
 *
 * @throws {TypeError} If the arrays are ragged, or `accept` returns `undefined`.
 */
export function unnest(
  action: string,
  values: unknown,
  accept: (leaf: unknown) => number | undefined = (leaf) => typeof leaf === "number" ? leaf : undefined,
  wanted = "a number",
): { shape: number[]; numbers: number[] } {
  const shape: number[] = [];
  const isArray = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || isNumberArray(value);
  for (let first: unknown = values; isArray(first); first = first[0]) {
    shape.push(first.length);
    checkRank(action, shape.length);
  }
  const numbers: number[] = [];

  const path: number[] = [];
  const where = () => path.length === 0 ? "" : ` at ${showShape(path)}`;

  function visit(value: unknown): void {
    const size = shape[path.length];
    if (isArray(value)) {
      if (value.length !== size) {
        const found = size === undefined ? `an array beside ${wanted}` : `${value.length} beside ${size}`;
        throw new TypeError(`Cannot ${action}, as arrays at one depth must have equal lengths: ${found}${where()}`);
      }
      const depth = path.push(0);
      for (let i = 0; i < value.length; i++) {
        path[depth - 1] = i;
        visit(value[i]);
      }
      path.pop();
      return;
    }
    const number = size === undefined ? accept(value) : undefined;
    if (number === undefined) {
      throw new TypeError(
        size === undefined || accept(value) === undefined
          ? `Cannot ${action}, as every element must be ${wanted}: ${show(value)}${where()}`
          : `Cannot ${action}, as arrays at one depth must have equal lengths: ${wanted} beside an array${where()}`,
      );
    }
    numbers.push(number);
  }
  visit(values);
  return { shape, numbers };
}

/** A flat list as nested arrays of a shape: the inverse of `unnest`. */
export function nest<T>(numbers: ArrayLike<T>, shape: Shape): Nested<T> {
  const [size, ...rest] = shape;
  if (size === undefined) return numbers[0]!; // rank 0: a list of exactly one
  const step = sizeOf(rest);
  return Array.from(
    { length: size },
    (_, i) => nest(Array.prototype.slice.call(numbers, i * step, (i + 1) * step) as T[], rest), // of an ArrayLike<T>
  );
}
