/** Random shapes, axes and numbers, valid by construction. */

import * as fc from "fast-check";
import type { Range } from "../../autograd/ops/slicing.ts";
import { type Shape, sizeOf } from "../../autograd/shape.ts";
import { Tensor } from "../../mod.ts";

/** The numbers of a tensor that is yet to be made, on any device. */
export interface Input {
  readonly shape: Shape;
  readonly data: readonly number[];
}

/** An input as a tensor on the device in use. */
export function tensorOf({ shape, data }: Input, requiresGrad = false): Tensor {
  return Tensor.from(Float64Array.from(data), { shape, requiresGrad });
}

/** A size of an axis: 1 to 4, and now and then 0. */
export const size: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.constant(0) },
);

/** Shapes of rank 0 to 3, axes of size 0 and 1 among them. */
export function shapes({ minRank = 0, maxRank = 3 } = {}): fc.Arbitrary<number[]> {
  return fc.array(size, { minLength: minRank, maxLength: maxRank });
}

/** Shapes without a zero. */
export function fullShapes({ minRank = 0, maxRank = 3 } = {}): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: 1, max: 4 }), { minLength: minRank, maxLength: maxRank });
}

/** A shape that broadcasts to `shape`: some leading axes missing, some of size 1. */
export function broadcastingTo(shape: Shape): fc.Arbitrary<number[]> {
  const axis = (size: number) => fc.oneof({ weight: 2, arbitrary: fc.constant(size) }, fc.constant(1));
  return fc.tuple(fc.nat(shape.length), fc.tuple(...shape.map(axis))).map(([missing, sizes]) => sizes.slice(missing));
}

/** A number of shapes that broadcast with one another. */
export function broadcastable(count: number, options?: { maxRank?: number }): fc.Arbitrary<number[][]> {
  return shapes(options).chain((shape) =>
    fc.array(fc.oneof(fc.constant(shape), broadcastingTo(shape)), { minLength: count, maxLength: count })
  );
}

/** An axis of a tensor of this rank, at least 1, counted from either end. */
export function axisOf({ length: rank }: Shape): fc.Arbitrary<number> {
  return fc.integer({ min: -rank, max: rank - 1 });
}

/** The axes that a reduction takes: none given, one, or several, counted from either end. */
export function axesOf(shape: Shape): fc.Arbitrary<number | number[] | undefined> {
  const several = fc.tuple(fc.subarray([...shape.keys()]), fc.boolean())
    .map(([axes, fromEnd]) => fromEnd ? axes.map((axis) => axis - shape.length) : axes);
  return fc.oneof(fc.constant(undefined), several, ...(shape.length > 0 ? [axisOf(shape)] : []));
}

/** The axes in any order, counted from either end. */
export function permutationOf(shape: Shape): fc.Arbitrary<number[]> {
  const axes = [...shape.keys()];
  return fc.tuple(fc.shuffledSubarray(axes, { minLength: axes.length }), fc.boolean())
    .map(([order, fromEnd]) => fromEnd ? order.map((axis) => axis - axes.length) : order);
}

/** Shapes with the same number of elements: sizes shuffled, neighbours multiplied, a 1 inserted; one size may be −1. */
export function reshapesOf(shape: Shape): fc.Arbitrary<number[]> {
  return fc.record({
    sizes: fc.shuffledSubarray([...shape, 1], { minLength: shape.length }),
    joined: fc.array(fc.boolean(), { minLength: shape.length + 1, maxLength: shape.length + 1 }),
    free: fc.option(fc.nat(shape.length), { nil: undefined }),
  }).map(({ sizes, joined, free }) => {
    const whole = sizeOf(sizes) === sizeOf(shape) ? sizes : [...shape]; // else the size left out was no 1
    const out = whole.reduce<number[]>((out, size, i) => {
      return joined[i] && out.length > 0 ? out.with(-1, out.at(-1)! * size) : [...out, size];
    }, []);
    const others = out.filter((_, axis) => axis !== free);
    return free !== undefined && free < out.length && sizeOf(others) > 0 ? out.with(free, -1) : out;
  });
}

/** One range per axis, for all of the axes or the first few. */
export function rangesOf(shape: Shape): fc.Arbitrary<Range[]> {
  const range = (size: number): fc.Arbitrary<Range> => {
    const end = fc.integer({ min: -size - 1, max: size + 1 });
    const step = fc.integer({ min: 1, max: 3 });
    return fc.oneof(
      fc.constant(null),
      ...(size > 0 ? [fc.integer({ min: -size, max: size - 1 })] : []),
      fc.tuple(end),
      fc.tuple(end, fc.option(end)),
      fc.tuple(end, fc.option(end), step),
    );
  };
  return fc.tuple(fc.nat(shape.length), fc.tuple(...shape.map(range))).map(([named, all]) => all.slice(0, named));
}

/** Multiples of 1/64: few enough digits to be exact in float32 too. */
function grid(from: number, to: number): fc.Arbitrary<number> {
  return fc.integer({ min: Math.ceil(from * 64), max: Math.floor(to * 64) }).map((n) => n / 64);
}

/** Numbers from −3 to 3. */
export const anyNumber: fc.Arbitrary<number> = grid(-3, 3);
/** Numbers from 1/4 to 3: away from the poles of ln and √. */
export const positive: fc.Arbitrary<number> = grid(0.25, 3);
/** Numbers from −3 to 3, except around 0: away from the pole of 1/x and the kink of |x|. */
export const nonZero: fc.Arbitrary<number> = fc.tuple(positive, fc.constantFrom(1, -1)).map(([x, sign]) => sign * x);
/** −1, 0 and 1: numbers that tie. */
export const tying: fc.Arbitrary<number> = fc.integer({ min: -1, max: 1 });

/** An input of this shape. */
export function inputOf(shape: Shape, numbers: fc.Arbitrary<number> = anyNumber): fc.Arbitrary<Input> {
  const length = sizeOf(shape);
  return fc.array(numbers, { minLength: length, maxLength: length }).map((data) => ({ shape, data }));
}

/** An input whose numbers differ by at least 1/16: away from the ties of a maximum. */
export function distinctInputOf(shape: Shape): fc.Arbitrary<Input> {
  const length = sizeOf(shape);
  const numbers = Array.from({ length: length + 16 }, (_, i) => (i - 8 - (length >> 1)) / 16);
  return fc.shuffledSubarray(numbers, { minLength: length, maxLength: length }).map((data) => ({ shape, data }));
}

/** Several inputs, one of each shape. */
export function inputsOf(all: readonly Shape[], numbers?: fc.Arbitrary<number>): fc.Arbitrary<Input[]> {
  return fc.tuple(...all.map((shape) => inputOf(shape, numbers)));
}
