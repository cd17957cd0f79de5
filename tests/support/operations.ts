/**
 * A table of every operation of `Tensor` with random cases, away from kinks and poles, so that laws of all operations
 * (gradients, agreement of devices) are stated once. A missing operation does not compile.
 */

import * as fc from "fast-check";
import type { ActivationMethods } from "../../autograd/ops/activations.ts";
import type { ArithmeticMethods } from "../../autograd/ops/arithmetic.ts";
import type { BroadcastMethods } from "../../autograd/ops/broadcast.ts";
import type { ComparisonMethods } from "../../autograd/ops/comparison.ts";
import type { FunctionMethods } from "../../autograd/ops/functions.ts";
import type { LayoutMethods } from "../../autograd/ops/layout.ts";
import type { MatmulMethods } from "../../autograd/ops/matmul.ts";
import type { ReductionMethods } from "../../autograd/ops/reduction.ts";
import type { ScanMethods } from "../../autograd/ops/scan.ts";
import type { SelectionMethods } from "../../autograd/ops/selection.ts";
import type { SlicingMethods } from "../../autograd/ops/slicing.ts";
import type { SoftmaxMethods } from "../../autograd/ops/softmax.ts";
import type { TriangleMethods } from "../../autograd/ops/triangle.ts";
import { type Nested, Tensor } from "../../mod.ts";
import * as any from "./arbitraries.ts";

/** An operation as a function of tensors alone. */
export type Apply = (...inputs: Tensor[]) => Tensor;

/** Inputs, and the operation with its other arguments filled in. */
export interface Case {
  readonly inputs: readonly any.Input[];
  readonly apply: Apply;
}

/** What an operation is tried on: tensors, and other arguments. */
interface Call<Args extends readonly unknown[]> {
  readonly inputs: readonly any.Input[];
  readonly args: Args;
}

/** An operation, and random cases of it. */
export interface Operation<Args extends readonly unknown[] = readonly unknown[]> {
  readonly name: string;
  /** Whether it has a gradient: comparisons have none. */
  readonly smooth: boolean;
  readonly cases: fc.Arbitrary<Case>;
  /** The same cases for another function, such as a wrong one. */
  as(apply: (...args: Args) => Apply): Operation<Args>;
}

/** An operation that is called as `apply(…args)(…inputs)`. */
function operation<Args extends readonly unknown[]>(
  name: string,
  calls: fc.Arbitrary<Call<Args>>,
  apply: (...args: Args) => Apply,
  { smooth = true } = {},
): Operation<Args> {
  const cases = calls.map(({ inputs, args }) => ({
    inputs,
    apply: apply(...args),
    [fc.toStringMethod]: () => `${name} of ${JSON.stringify(inputs)}, told ${fc.stringify(args)}`,
  }));
  return { name, smooth, cases, as: (other) => operation(name, calls, other, { smooth }) };
}

/** A function of one number, applied to the elements. */
function unary(name: string, apply: Apply, { numbers = any.anyNumber, smooth = true } = {}): Operation<[]> {
  const calls = any.shapes().chain((shape) => fc.record({ inputs: any.inputsOf([shape], numbers), args: none }));
  return operation(name, calls, () => apply, { smooth });
}

/** A function of two numbers, on shapes that broadcast. */
function binary(
  name: string,
  apply: Apply,
  { left = any.anyNumber, right = any.anyNumber, smooth = true } = {},
): Operation<[]> {
  const inputs = any.broadcastable(2).chain(([a, b]) => fc.tuple(any.inputOf(a!, left), any.inputOf(b!, right)));
  return operation(name, fc.record({ inputs, args: none }), () => apply, { smooth });
}

/** A reduction of axes; the maximum of no elements does not exist. */
function reduction(name: string, fold: (...args: Fold) => Apply, { empty, distinct }: Reduction): Operation<Fold> {
  const calls = (empty ? any.shapes() : any.fullShapes()).chain((shape) => {
    const options = fc.constantFrom(undefined, { keepDims: true }, { keepDims: false });
    return fc.record({
      inputs: fc.tuple(distinct ? any.distinctInputOf(shape) : any.inputOf(shape)),
      args: fc.tuple(any.axesOf(shape), options),
    });
  });
  return operation(name, calls, fold);
}

/** The arguments of a reduction. */
export type Fold = [axes: number | number[] | undefined, options: { keepDims: boolean } | undefined];
type Reduction = { empty: boolean; distinct: boolean };

/** An operation along one axis that is not empty. */
function along(name: string, apply: (axis: number) => Apply, options?: { smooth: boolean }): Operation<[number]> {
  const calls = any.fullShapes({ minRank: 1 }).chain((shape) =>
    fc.record({ inputs: fc.tuple(any.distinctInputOf(shape)), args: fc.tuple(any.axisOf(shape)) })
  );
  return operation(name, calls, apply, options);
}

/** An operation on a tensor with an argument that depends on the tensor's shape. */
function told<Told>(
  name: string,
  argument: (shape: number[]) => fc.Arbitrary<Told>,
  apply: (told: Told) => Apply,
  shapes: fc.Arbitrary<number[]> = any.shapes(),
): Operation<[Told]> {
  const calls = shapes.chain((shape) => fc.record({ inputs: any.inputsOf([shape]), args: fc.tuple(argument(shape)) }));
  return operation(name, calls, apply);
}

/** Whole numbers against halves: two operands that never tie. */
const untied = { left: fc.integer({ min: -3, max: 3 }), right: fc.integer({ min: -3, max: 3 }).map((x) => x + 0.5) };

/** Bounds at whole numbers. */
const bounds = fc.tuple(
  fc.option(fc.integer({ min: -2, max: 0 }), { nil: undefined }),
  fc.integer({ min: 0, max: 2 }),
);

/** Tensors with several elements along the axes of a variance, so that it is finite and so is its slope. */
const samples = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 3, max: 5 })).chain(([rows, n]) => {
  const shape = rows === 0 ? [n] : [rows, n];
  return fc.record({
    inputs: fc.tuple(any.distinctInputOf(shape)),
    args: fc.tuple(
      fc.constantFrom<number | undefined>(-1, undefined),
      fc.record({ keepDims: fc.boolean(), correction: fc.integer({ min: 0, max: 1 }) }),
    ),
  });
});

/** Two places among the axes, in order. */
function span({ length: rank }: readonly number[]): fc.Arbitrary<[number, number]> {
  return fc.tuple(fc.nat(rank - 1), fc.nat(rank - 1)).map(([i, j]) => [Math.min(i, j), Math.max(i, j) - rank]);
}

const diagonal = () => fc.integer({ min: -3, max: 3 });
const none = fc.constant<[]>([]);
const flat = { smooth: false };
const comparison = { left: any.tying, right: any.tying, smooth: false };

/** Matrices and vectors whose inner dimensions match, the axes before them broadcasting. */
const factors = fc.record({
  batch: any.broadcastable(2, { maxRank: 2 }),
  sizes: fc.tuple(any.size, any.size, any.size),
  vectors: fc.tuple(...[0, 1].map(() => fc.constantFrom(false, false, true))),
}).chain(({ batch: [left, right], sizes: [M, K, N], vectors }) => {
  const a = vectors[0] ? [K] : [...left!, M, K];
  const b = vectors[1] ? [K] : [...right!, K, N];
  return any.inputsOf([a, b]);
});

/** Tensors that differ in size along one axis. */
const parts = any.shapes({ minRank: 1 }).chain((shape) =>
  fc.record({ axis: any.axisOf(shape), sizes: fc.array(any.size, { minLength: 1, maxLength: 3 }) })
    .chain(({ axis, sizes }) =>
      fc.record({
        inputs: any.inputsOf(sizes.map((size) => shape.with(axis, size))),
        args: fc.constant<[number]>([axis]),
      })
    )
);

/** Tensors of one shape, and the position of a new axis. */
const layers = fc.tuple(any.shapes({ maxRank: 2 }), fc.integer({ min: 1, max: 3 })).chain(([shape, count]) =>
  fc.record({
    inputs: any.inputsOf(Array.from({ length: count }, () => shape)),
    args: fc.tuple(any.axisOf([...shape, 1])),
  })
);

/** Row numbers of any shape, including repeated ones and those counted from the end. */
function indicesOf(size: number): fc.Arbitrary<Nested<number>> {
  const index = fc.integer({ min: -size, max: size - 1 });
  const matrix = fc.tuple(any.size, fc.integer({ min: 1, max: 3 }))
    .chain(([m, n]) => fc.array(fc.array(index, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }));
  return fc.oneof(index, fc.array(index, { maxLength: 5 }), matrix);
}

const gathered = any.fullShapes({ minRank: 1 }).chain((shape) =>
  any.axisOf(shape).chain((axis) =>
    fc.record({ inputs: any.inputsOf([shape]), args: fc.tuple(indicesOf(shape.at(axis)!), fc.constant(axis)) })
  )
);

/** Two tensors and a mask, all broadcasting. */
const choices = any.broadcastable(3).chain(([mask, a, b]) =>
  fc.record({
    inputs: any.inputsOf([a!, b!]),
    args: fc.tuple(any.inputOf(mask!, fc.integer({ min: 0, max: 1 }))),
  })
);

/** A tensor, a mask that broadcasts to it, and a number. */
const fillings = any.shapes().chain((shape) =>
  any.broadcastingTo(shape).chain((mask) =>
    fc.record({
      inputs: any.inputsOf([shape]),
      args: fc.tuple(any.inputOf(mask, fc.integer({ min: 0, max: 1 })), any.anyNumber),
    })
  )
);

/** A shape to expand to, and one that broadcasts to it. */
const repetitions = any.shapes().chain((to) =>
  any.broadcastingTo(to).chain((from) =>
    fc.record({ inputs: any.inputsOf([from]), args: fc.constant<[number[]]>([to]) })
  )
);

/** A tensor of the same numbers with another layout in memory: with reversed axes, or inside a larger one. */
export function relaid(x: Tensor, how: "transposed" | "amid others"): Tensor {
  if (how === "transposed") {
    const reversed = [...x.shape.keys()].reverse();
    return x.permute(reversed).mul(1).permute(reversed);
  }
  const border = Tensor.full([1, ...x.shape], 7);
  return Tensor.concat([border, x.reshape([1, ...x.shape]), border]).slice(1);
}

/** All of them, by the name of the method. */
export const OPERATIONS = {
  add: binary("add", (a, b) => a.add(b)),
  sub: binary("sub", (a, b) => a.sub(b)),
  mul: binary("mul", (a, b) => a.mul(b)),
  div: binary("div", (a, b) => a.div(b), { right: any.nonZero }),
  pow: binary("pow", (a, b) => a.pow(b), { left: any.positive }),
  greater: binary("greater", (a, b) => a.greater(b), comparison),
  equal: binary("equal", (a, b) => a.equal(b), comparison),
  less: binary("less", (a, b) => a.less(b), comparison),
  maximum: binary("maximum", (a, b) => a.maximum(b), untied),
  minimum: binary("minimum", (a, b) => a.minimum(b), untied),
  clamp: operation(
    "clamp",
    any.shapes().chain((shape) => fc.record({ inputs: any.inputsOf([shape], untied.right), args: bounds })),
    (low, high) => (a) => a.clamp(low, high),
  ),

  neg: unary("neg", (a) => a.neg()),
  exp: unary("exp", (a) => a.exp()),
  log: unary("log", (a) => a.log(), { numbers: any.positive }),
  sqrt: unary("sqrt", (a) => a.sqrt(), { numbers: any.positive }),
  abs: unary("abs", (a) => a.abs(), { numbers: any.nonZero }),
  sign: unary("sign", (a) => a.sign(), { numbers: any.tying, smooth: false }),
  sin: unary("sin", (a) => a.sin()),
  cos: unary("cos", (a) => a.cos()),
  tanh: unary("tanh", (a) => a.tanh()),
  sigmoid: unary("sigmoid", (a) => a.sigmoid()),
  relu: unary("relu", (a) => a.relu(), { numbers: any.nonZero }),
  erf: unary("erf", (a) => a.erf()),
  silu: unary("silu", (a) => a.silu()),
  gelu: told("gelu", () => fc.constantFrom({}, { approximate: "tanh" as const }), (options) => (a) => a.gelu(options)),

  sum: reduction("sum", (axes, options) => (a) => a.sum(axes, options), { empty: true, distinct: false }),
  mean: reduction("mean", (axes, options) => (a) => a.mean(axes, options), { empty: false, distinct: false }),
  max: reduction("max", (axes, options) => (a) => a.max(axes, options), { empty: false, distinct: true }),
  min: reduction("min", (axes, options) => (a) => a.min(axes, options), { empty: false, distinct: true }),
  var: operation("var", samples, (axis, options) => (a) => a.var(axis, options)),
  std: operation("std", samples, (axis, options) => (a) => a.std(axis, options)),
  cumsum: along("cumsum", (axis) => (a) => a.cumsum(axis)),
  argmax: along("argmax", (axis) => (a) => Tensor.from(a.argmax(axis)), flat),
  softmax: along("softmax", (axis) => (a) => a.softmax(axis)),
  logSoftmax: along("logSoftmax", (axis) => (a) => a.logSoftmax(axis)),

  matmul: operation("matmul", fc.record({ inputs: factors, args: none }), () => (a, b) => a.matmul(b)),

  reshape: told("reshape", any.reshapesOf, (shape) => (a) => a.reshape(shape)),
  permute: told("permute", any.permutationOf, (order) => (a) => a.permute(order)),
  transpose: told(
    "transpose",
    (shape) => fc.tuple(any.axisOf(shape), any.axisOf(shape)),
    ([i, j]) => (a) => a.transpose(i, j),
    any.shapes({ minRank: 1 }),
  ),
  squeeze: told(
    "squeeze",
    (shape) => fc.constantFrom(undefined, ...[...shape.keys()].filter((axis) => shape[axis] === 1)),
    (axis) => (a) => a.squeeze(axis),
  ),
  unsqueeze: told("unsqueeze", (shape) => any.axisOf([...shape, 1]), (axis) => (a) => a.unsqueeze(axis)),
  flatten: told("flatten", span, ([from, to]) => (a) => a.flatten(from, to), any.shapes({ minRank: 1 })),
  tril: told("tril", diagonal, (k) => (a) => a.tril(k), any.shapes({ minRank: 2 })),
  triu: told("triu", diagonal, (k) => (a) => a.triu(k), any.shapes({ minRank: 2 })),
  expand: operation("expand", repetitions, (shape) => (a) => a.expand(shape)),
  slice: told("slice", any.rangesOf, (ranges) => (a) => a.slice(...ranges)),
  concat: operation("concat", parts, (axis) => (first, ...rest) => first.concat(rest, axis)),
  stack: operation("stack", layers, (axis) => (first, ...rest) => first.stack(rest, axis)),
  gather: operation("gather", gathered, (indices, axis) => (a) => a.gather(indices, axis)),
  where: operation("where", choices, (mask) => (a, b) => a.where(any.tensorOf(mask), b)),
  maskedFill: operation("maskedFill", fillings, (mask, value) => (a) => a.maskedFill(any.tensorOf(mask), value)),
} satisfies Record<
  | keyof (ActivationMethods & ArithmeticMethods & BroadcastMethods & ComparisonMethods & FunctionMethods)
  | keyof (LayoutMethods & MatmulMethods & ReductionMethods & ScanMethods & SelectionMethods)
  | keyof (SlicingMethods & SoftmaxMethods & TriangleMethods),
  Operation
>;
