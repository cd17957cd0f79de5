/** Reading the same numbers as another shape: views, which copy nothing where they need not. */

import { isRowMajor, type Layout, rowMajor } from "../../kernels/view.ts";
import { dense, record, sameDevice } from "../record.ts";
import { checkIndex, normaliseAxis, resolveShape, type Shape, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The same elements in row-major order as an array of another shape; one size may be −1, "whatever is left".
 *
 * A view where the elements lie without gaps, a copy elsewhere.
 */
export function reshape(a: Tensor, to: Shape): Tensor {
  const shape = resolveShape(a.shape, to);
  const view = isRowMajor(a.view)
    ? { ...a.view, ...rowMajor(shape), offset: a.view.offset }
    : dense(a.kernels.copy(a.view), shape);
  return record("reshape", [a], view, (grad) => [
    reshape(grad, a.shape), // ∂L/∂a: every element back to its place
  ]);
}

/** The axes in another order: axis `i` of the result is axis `order[i]` of `a`. A view. */
export function permute(a: Tensor, order: readonly number[]): Tensor {
  const action = "permute the axes";
  const axes = order.map((axis) => normaliseAxis(action, axis, a.shape));
  if (axes.length !== a.rank || new Set(axes).size !== a.rank) {
    throw new TypeError(
      `Cannot permute the axes of a tensor of shape ${showShape(a.shape)}, ` +
        `as the order must name each of its ${a.rank} axes once: ${showShape(order)}`,
    );
  }
  const view = {
    ...a.view,
    shape: axes.map((axis) => a.shape[axis]!),
    strides: axes.map((axis) => a.view.strides[axis]!),
  };
  const inverse = axes.map((_, axis) => axes.indexOf(axis));
  return record("permute", [a], view, (grad) => [
    permute(grad, inverse), // ∂L/∂a: every axis back to its place
  ]);
}

/** Two axes swapped; the last two, as of a matrix, if none are named. A view. */
export function transpose(a: Tensor, i = -2, j = -1): Tensor {
  const [p, q] = [normaliseAxis("transpose", i, a.shape), normaliseAxis("transpose", j, a.shape)];
  return permute(a, a.shape.map((_, axis) => axis === p ? q : axis === q ? p : axis));
}

/**
 * What `slice` takes of an axis: all of it (`null`), the elements from `start` short of `end`, every `step`-th, or
 * a single one (a number), in which case the axis goes. Negative numbers count from the end.
 */
export type Range = null | number | readonly [start: number, end?: number | null, step?: number];

/** A part of an array: one range an axis, all of the axes that are not named. A view. */
export function slice(a: Tensor, ...ranges: readonly Range[]): Tensor {
  return record("slice", [a], { ...a.view, ...cut(a.view, ranges) }, (grad) => [
    place(grad, ranges, a.shape), // ∂L/∂a = ∂L/∂out where it was read, 0 elsewhere
  ]);
}

/** Zeros of `shape` with `a` written where `slice` would read: `slice` in reverse. */
function place(a: Tensor, ranges: readonly Range[], shape: Shape): Tensor {
  const part = { view: a.view, layout: cut(rowMajor(shape), ranges) };
  return record("place", [a], dense(a.kernels.assemble(sizeOf(shape), [part]), shape), (grad) => [
    slice(grad, ...ranges), // ∂L/∂a = ∂L/∂out where it was written
  ]);
}

/** The layout of a part of an array. */
function cut({ shape, strides, offset }: Layout, ranges: readonly Range[]): Layout {
  const action = () => `slice a tensor of shape ${showShape(shape)}`;
  if (ranges.length > shape.length) {
    throw new TypeError(`Cannot ${action()}, as it takes at most one range an axis: ${ranges.length} ranges`);
  }
  const part = { shape: [] as number[], strides: [] as number[], offset };
  shape.forEach((size, axis) => {
    const range = ranges[axis] ?? null;
    const stride = strides[axis]!;
    if (typeof range === "number") {
      checkIndex(() => `${action()} at axis ${axis}`, "an index", range, size);
      part.offset += (range < 0 ? range + size : range) * stride;
      return; // the axis goes
    }
    const [from, to, step = 1] = range ?? [0];
    const [start, end] = [clamp(from, size), clamp(to ?? size, size)];
    if (!Number.isInteger(start + end) || !Number.isInteger(step) || step < 1) {
      const given = `[${[from, to, step].map(String).join(", ")}]`;
      throw new TypeError(`Cannot ${action()}, as a range must be integers, the step at least 1: ${given}`);
    }
    part.offset += start * stride;
    part.shape.push(Math.max(0, Math.ceil((end - start) / step)));
    part.strides.push(stride * step);
  });
  return part;
}

/** An end of a range as `Array.prototype.slice` reads it: from the end if negative, and never outside. */
function clamp(index: number, size: number): number {
  return index < 0 ? Math.max(0, index + size) : Math.min(index, size);
}

/** Arrays one after another along an axis, their other axes equal. */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new TypeError("Cannot concatenate no tensors, as at least one is needed");
  const kernels = sameDevice("concatenate", tensors);
  const along = normaliseAxis("concatenate along", axis, first.shape);
  for (const { shape } of tensors) {
    if (shape.length === first.rank && shape.every((size, i) => i === along || size === first.shape[i])) continue;
    throw new TypeError(
      `Cannot concatenate tensors of shapes ${showShape(first.shape)} and ${showShape(shape)} along axis ${along}, ` +
        "as all the other axes must be equal",
    );
  }
  const total = tensors.reduce((sum, part) => sum + part.shape[along]!, 0);
  const shape = first.shape.map((size, i) => i === along ? total : size);
  const { strides } = rowMajor(shape);
  const ends = tensors.map((_, i) => tensors.slice(0, i + 1).reduce((sum, part) => sum + part.shape[along]!, 0));
  const starts = tensors.map((part, i) => ends[i]! - part.shape[along]!);
  const parts = tensors.map(({ view }, i) => {
    return { view, layout: { shape: view.shape, strides, offset: starts[i]! * strides[along]! } };
  });
  const out = kernels.assemble(sizeOf(shape), parts);
  const before = shape.slice(0, along).map(() => null);
  return record("concat", tensors, dense(out, shape), (grad) => {
    return tensors.map((_, i) => () => slice(grad, ...before, [starts[i]!, ends[i]!])); // ∂L/∂part: its part of ∂L/∂out
  });
}

/** Arrays of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new TypeError("Cannot stack no tensors, as at least one is needed");
  sameDevice("stack", tensors);
  const shape = [...first.shape];
  shape.splice(normaliseAxis("stack along", axis, [...first.shape, 1]), 0, 1);
  const differs = tensors.find((tensor) => showShape(tensor.shape) !== showShape(first.shape));
  if (differs !== undefined) {
    throw new TypeError(
      `Cannot stack tensors of shapes ${showShape(first.shape)} and ${showShape(differs.shape)}, as they must be equal`,
    );
  }
  return concat(tensors.map((tensor) => reshape(tensor, shape)), axis);
}
