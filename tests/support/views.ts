/** Random views: arrays in any layout that a tensor may pass to a kernel, on two devices at once. */

import * as fc from "fast-check";
import type { Kernels, View } from "../../kernels/kernels.ts";
import { reference } from "../../kernels/reference/mod.ts";
import { type Layout, rowMajorStrides, type Shape, sizeOf } from "../../kernels/view.ts";

/** An array that is yet to be put on a device. */
export interface Given extends Layout {
  readonly numbers: Float32Array;
}

/** The array on a device. */
export function viewOn(kernels: Kernels, { numbers, shape, strides, offset }: Given): View {
  return { storage: kernels.write(numbers), shape, strides, offset };
}

/** Numbers from −3 to 3 that look random, as float32. */
export function noise(length: number, seed: number): Float32Array {
  let state = seed | 1;
  return Float32Array.from({ length }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 0) / 2 ** 32 * 6 - 3;
  });
}

/** An array without gaps. */
export function plain(shape: Shape, seed = 1): Given {
  return { numbers: noise(sizeOf(shape), seed), shape, strides: rowMajorStrides(shape), offset: 0 };
}

/** Arrays of a shape: without gaps, or with axes in any order, broadcast, or cut out of something larger. */
export function viewsOf(shape: Shape): fc.Arbitrary<Given> {
  const axes = [...shape.keys()];
  const laidOut = fc.record({
    order: fc.shuffledSubarray(axes, { minLength: axes.length }),
    gaps: fc.tuple(...axes.map(() => fc.constantFrom(0, 0, 0, 1, 2))),
    broadcast: fc.tuple(...axes.map(() => fc.constantFrom(false, false, false, true))),
    offset: fc.nat(3),
    seed: fc.nat(0xffff),
  }).map(({ order, gaps, broadcast, offset, seed }) => {
    const strides = new Array<number>(shape.length).fill(0);
    let length = 1;
    for (const axis of order.toReversed()) {
      if (broadcast[axis]) continue;
      strides[axis] = length;
      length *= shape[axis]! + gaps[axis]!;
    }
    return shown({ numbers: noise(length + offset, seed), shape, strides, offset }, seed);
  });
  return fc.oneof(laidOut, fc.nat(0xffff).map((seed) => shown(plain(shape, seed), seed)));
}

/** The array, with a short form for fast-check's reports. */
function shown(given: Given, seed: number): Given {
  const { shape, strides, offset } = given;
  return { ...given, ...{ [fc.toStringMethod]: () => `noise ${seed} as [${shape}] by [${strides}] from ${offset}` } };
}

/** Sizes of an axis that fit a tile or do not: 0, 1, and around multiples of 4, 6 and 8. */
export const ragged: fc.Arbitrary<number> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 12, arbitrary: fc.integer({ min: 2, max: 26 }) },
);

/** Shapes of rank `min` to `max`, of a few thousand elements at most. */
export function raggedShapes(min: number, max: number): fc.Arbitrary<number[]> {
  const few = fc.integer({ min: 0, max: 5 }); // outer axes stay small
  return fc.integer({ min, max }).chain((rank) =>
    fc.tuple(...Array.from({ length: rank }, (_, axis) => axis < rank - 2 ? few : ragged))
  );
}

/** Some arrays of one shape, in any layouts. */
export function alike(shapes: fc.Arbitrary<number[]>, count: number): fc.Arbitrary<Given[]> {
  return shapes.chain((shape) => fc.array(viewsOf(shape), { minLength: count, maxLength: count }));
}

/** The results of one kernel call on a device and on `reference`, for the same arrays. */
export function onBoth(
  kernels: Kernels,
  given: readonly Given[],
  call: (kernels: Kernels, ...views: View[]) => View["storage"] | Record<string, View["storage"]>,
): { got: ArrayLike<number>; wanted: ArrayLike<number>; what: string }[] {
  const results = (k: Kernels) => {
    const result = call(k, ...given.map((array) => viewOn(k, array)));
    const named = "length" in result ? { out: result } : result;
    return Object.entries(named).map(([what, storage]) => ({ what, numbers: k.read(storage as View["storage"]) }));
  };
  const expected = results(reference);
  return results(kernels).map(({ what, numbers }, i) => ({ got: numbers, wanted: expected[i]!.numbers, what }));
}
