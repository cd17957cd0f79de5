/** The rules for shapes and axes, and the errors for breaking them. */

import { show } from "../checks/mod.ts";
import { type Shape, sizeOf } from "../kernels/view.ts";
export { type Shape, sizeOf };

/** The most axes that a tensor can have: more than anybody needs, and few enough to iterate over. */
const MOST_AXES = 64;

/** The most elements that a tensor has: 16 GiB of float32. */
const MOST_ELEMENTS = 2 ** 32;

/** A shape as errors print it: `[2, 3]`, and only the first axes of a very long one. */
export function showShape(shape: Shape): string {
  const long = shape.length > 2 * MOST_AXES;
  const sizes = Array.from(long ? shape.slice(0, 8) : shape, show); // of a shape that is wrong, anything at all
  return `[${[...sizes, ...(long ? ["…"] : [])].join(", ")}]`;
}

/**
 * The shape that both broadcast to: axes are aligned from the last one, and each pair must be equal or contain a 1;
 * a missing axis counts as 1.
 *
 * @throws {TypeError} If a pair of axes is not equal and contains no 1.
 *
 * @example
 * ```ts
 * import { broadcastShapes } from "nabla/autograd/shape.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(broadcastShapes("add", [2, 1, 4], [3, 1]), [2, 3, 4]);
 * ```
 */
export function broadcastShapes(action: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [m, n] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (m !== n && m !== 1 && n !== 1) {
      throw new TypeError(
        `Cannot ${action} tensors of shapes ${showShape(a)} and ${showShape(b)}, ` +
          `as axis ${axis - rank} must be equal in both or 1 in one: ${m} and ${n}`,
      );
    }
    return m === 1 ? n : m;
  });
}

/** What is being done, for an error; a function where the text takes time to build, as most calls succeed. */
export type Action = string | (() => string);

function say(action: Action): string {
  return typeof action === "string" ? action : action();
}

/** The number of an axis, counted from 0; −1 is the last one. `action` and `shape` are for the error. */
export function normaliseAxis(action: string, axis: number, shape: Shape): number {
  const naming = () => `${action} axis ${show(axis)} of a tensor of shape ${showShape(shape)}`;
  checkIndex(naming, "an axis", axis, shape.length);
  return axis < 0 ? axis + shape.length : axis;
}

/** The axes of a reduction, counted from 0 and in order. Default: all of them. */
export function normaliseAxes(action: string, axes: number | readonly number[] | undefined, shape: Shape): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis);
  const from0 = (Array.isArray(axes) ? Array.from(axes) : [axes]).map((axis: number) =>
    normaliseAxis(action, axis, shape)
  ).sort((a, b) => a - b);
  const twice = from0.find((axis, i) => axis === from0[i - 1]);
  if (twice !== undefined) {
    throw new RangeError(
      `Cannot ${action} axes ${showShape([axes].flat())} of a tensor of shape ${showShape(shape)}, ` +
        `as an axis may be named only once: ${twice}`,
    );
  }
  return from0;
}

/**
 * Checks an index that may count from the end.
 *
 * @throws {TypeError} If it is not an integer.
 * @throws {RangeError} If it lies outside `−size … size − 1`.
 */
export function checkIndex(action: Action, what: string, index: number, size: number): void {
  if (Number.isInteger(index) && index >= -size && index < size) return;
  const rule = size === 0 ? "there is none" : `${what} must be an integer from ${-size} to ${size - 1}`;
  throw new (Number.isInteger(index) ? RangeError : TypeError)(`Cannot ${say(action)}, as ${rule}: ${show(index)}`);
}

/**
 * Checks the number of axes.
 *
 * @throws {RangeError} If there are more than 64.
 */
export function checkRank(action: Action, rank: number): void {
  if (rank <= MOST_AXES) return;
  throw new RangeError(`Cannot ${say(action)}, as a tensor has at most ${MOST_AXES} axes: ${rank}`);
}

/**
 * Checks a shape that the caller gave.
 *
 * @throws {TypeError} If it is not an array of integers of at least 0.
 * @throws {RangeError} If it has more than 64 axes, or 2³² elements.
 */
export function checkShape(action: Action, shape: Shape): void {
  if (!Array.isArray(shape)) {
    throw new TypeError(`Cannot ${say(action)}, as a shape must be an array: ${show(shape)}`);
  }
  checkRank(action, shape.length);
  if (!shape.every((size) => Number.isInteger(size) && size >= 0) || shape.includes(undefined)) {
    throw new TypeError(
      `Cannot ${say(action)}, as every size of a shape must be an integer of at least 0: ${showShape(shape)}`,
    );
  }
  checkSize(action, sizeOf(shape));
}

/**
 * Checks that a tensor may have so many elements.
 *
 * @throws {RangeError} If there are more than 2³².
 */
export function checkSize(action: Action, size: number): void {
  if (size <= MOST_ELEMENTS) return;
  throw new RangeError(`Cannot ${say(action)}, as a tensor has at most ${MOST_ELEMENTS} elements: ${size}`);
}

/**
 * The shape for `reshape`, where a single −1 stands for the size that fits the number of elements.
 *
 * @throws {TypeError} If the number of elements differs, or no size fits.
 */
export function resolveShape(from: Shape, to: Shape): number[] {
  const action = () => `reshape a tensor of shape ${showShape(from)} to ${Array.isArray(to) ? showShape(to) : "that"}`;
  const free = Array.isArray(to) ? to.indexOf(-1) : -1;
  const known = free < 0 ? to : to.filter((_, axis) => axis !== free);
  checkShape(action, known);
  const [have, want] = [sizeOf(from), sizeOf(known)];
  if (free >= 0 && want > 0 && have % want === 0) return to.map((size, axis) => axis === free ? have / want : size);
  if (free < 0 && have === want) return [...to];
  throw new TypeError(
    free < 0
      ? `Cannot ${action()}, as the number of elements must stay the same: ${have} and ${want}`
      : `Cannot ${action()}, as ${have} elements cannot be divided evenly by ${want}`,
  );
}

/** The shape without the given axes, or with size 1 in their place. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((size, axis) => axes.includes(axis) ? 1 : size)
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
