/** The exercises of notebook 03: shapes that broadcast, gradients that are summed, matmul, and softmax. */
import * as fc from "fast-check";
import { Value } from "../../../autograd/scalar.ts";
import { list, matrixOf, nonZero, short, size } from "./cases.ts";
import { defineExercise, outcome } from "./define.ts";
import { listOf, matrix, numbers } from "./kinds.ts";

type Shape = number[];
type Shapes = [a: Shape, b: Shape, together: Shape];

/** Two shapes that broadcast, made from the one that they broadcast to: axes become 1, or go missing, on one side. */
const broadcastable: fc.Arbitrary<Shapes> = fc
  .tuple(
    fc.array(fc.tuple(fc.nat({ max: 4 }), fc.constantFrom("both", "a", "b")), { maxLength: 4 }),
    fc.nat({ max: 2 }),
    fc.boolean(),
  )
  .map(([axes, missing, exchange]) => {
    const together = axes.map(([size]) => size);
    const a = axes.map(([size, has], i) => has === "b" && i >= missing ? 1 : size);
    const b = axes.map(([size, has]) => has === "a" ? 1 : size).slice(missing);
    return exchange ? [b, a, together] : [a, b, together];
  });

/** Two shapes with an axis, counted from the right, where the sizes differ and neither is 1; one of them may be 0. */
const clashing: fc.Arbitrary<Shapes> = fc
  .tuple(
    fc.array(size, { maxLength: 2 }),
    fc.constantFrom([2, 3], [4, 2], [0, 2], [3, 0]),
    fc.array(size, { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([leading, [one = 2, other = 3], trailing, exchange]) => {
    const [a, b] = [[...leading, one, ...trailing], [other, ...trailing]];
    return exchange ? [b, a, []] : [a, b, []];
  });

const broadcastShape = defineExercise<(a: Shape, b: Shape) => Shape, Shapes>({
  name: "broadcastShape",
  signature: "broadcastShape(a: number[], b: number[]): number[]",
  task: "Return the shape that arrays of shapes a and b broadcast to. Throw an Error if they do not broadcast.",
  returns: numbers,
  cases: broadcastable,
  laws: [
    {
      says: "A shape broadcasts with itself to itself.",
      claim: (broadcastShape, _a, _b, shape) => ({ expected: shape, got: broadcastShape(shape, shape) }),
    },
    {
      says: "An axis that is missing or has size 1 takes the size of the other; axes are matched from the right.",
      claim: (broadcastShape, a, b, together) => ({ expected: together, got: broadcastShape(a, b) }),
    },
    {
      says: "The order of the two shapes does not matter.",
      claim: (broadcastShape, a, b) => ({ expected: broadcastShape(a, b), got: broadcastShape(b, a) }),
    },
    {
      says: "Two different sizes, neither of them 1, do not broadcast.",
      cases: clashing,
      claim: (broadcastShape, a, b) => {
        const { threw } = outcome(() => broadcastShape(a, b));
        return { expected: "an Error", got: threw ? "an Error" : "no Error", holds: threw };
      },
    },
  ],
});

/** A matrix, and the shape that it had before it was broadcast. */
const broadcastMatrix = fc.tuple(size, size, fc.boolean(), fc.boolean()).chain(([m, n, rowsGrew, columnsGrew]) =>
  fc.tuple(matrixOf(m, n), fc.constant<[number, number]>([rowsGrew ? 1 : m, columnsGrew ? 1 : n]))
);
const total = (rows: number[][]) => rows.flat().reduce((a, b) => a + b, 0);
const shapeOf = (rows: number[][]) => [rows.length, ...new Set(rows.map((row) => row.length))];

const sumTo = defineExercise<
  (gradient: number[][], shape: [number, number]) => number[][],
  [gradient: number[][], shape: [number, number]]
>({
  name: "sumTo",
  signature: "sumTo(gradient: number[][], shape: [number, number]): number[][]",
  task:
    "Sum the matrix over the axes along which shape is 1, so that the result has that shape: broadcasting, backwards.",
  returns: matrix,
  cases: broadcastMatrix,
  laws: [
    {
      says: "The result has the shape that was asked for.",
      claim: (sumTo, gradient, shape) => ({ of: "the shape", expected: shape, got: shapeOf(sumTo(gradient, shape)) }),
    },
    {
      says: "Nothing is lost: the sum of all the numbers stays the same.",
      claim: (sumTo, gradient, shape) => ({
        of: "the sum",
        expected: total(gradient),
        got: total(sumTo(gradient, shape)),
      }),
    },
    {
      says: "It agrees with Values, each used in every place to which it was broadcast.",
      claim: (sumTo, gradient, [m, n]) => {
        const small = Array.from({ length: m }, () => Array.from({ length: n }, () => new Value(0)));
        gradient.forEach((row, i) => row.forEach((g, j) => small[i % m]?.[j % n]?.mul(g).backward()));
        return { expected: small.map((row) => row.map((value) => value.grad)), got: sumTo(gradient, [m, n]) };
      },
    },
  ],
});

type Matrices = [a: number[][], b: number[][], gradient: number[][]];

const product: fc.Arbitrary<Matrices> = fc.tuple(size, size, size).chain(([m, k, n]) =>
  fc.tuple(matrixOf(m, k), matrixOf(k, n), matrixOf(m, n))
);

/** `∂L/∂a` and `∂L/∂b` of `out = a @ b`, from one Value for every number. */
function matmulBackwardByValues(...[a, b, gradient]: Matrices): [number[][], number[][]] {
  const [left, right] = [a, b].map((rows) => rows.map((row) => row.map((x) => new Value(x)))) as [Value[][], Value[][]]; // a pair maps to a pair
  gradient.forEach((row, i) =>
    row.forEach((g, j) => left[i]?.forEach((x, k) => x.mul(right[k]?.[j] ?? NaN).mul(g).backward()))
  );
  const grads = (rows: Value[][]) => rows.map((row) => row.map((value) => value.grad));
  return [grads(left), grads(right)];
}

const matmulBackward = defineExercise<(...matrices: Matrices) => number[][][], Matrices>({
  name: "matmulBackward",
  signature: "matmulBackward(a: number[][], b: number[][], gradient: number[][]): [number[][], number[][]]",
  task:
    "Let out = a @ b, shapes [m, k] @ [k, n], and gradient = ∂L/∂out, [m, n]. Return ∂L/∂a, [m, k], and ∂L/∂b, [k, n].",
  returns: listOf(matrix, "a list of two matrices"),
  cases: product,
  laws: [
    {
      says: "Each gradient has the shape of its matrix.",
      claim: (backward, a, b, gradient) => ({
        of: "the shapes",
        expected: [shapeOf(a), shapeOf(b)],
        got: backward(a, b, gradient).map(shapeOf),
      }),
    },
    {
      says: "For matrices of one number it is the product rule: [[gradient·b]] and [[gradient·a]].",
      cases: fc.tuple(nonZero, nonZero, nonZero).map(([a, b, gradient]) => [[[a]], [[b]], [[gradient]]]),
      claim: (backward, a, b, gradient) => ({
        expected: [[[total(gradient) * total(b)]], [[total(gradient) * total(a)]]],
        got: backward(a, b, gradient),
      }),
    },
    {
      says: "It agrees with Values, one for each number in the two matrices.",
      claim: (backward, ...matrices) => ({
        expected: matmulBackwardByValues(...matrices),
        got: backward(...matrices),
      }),
    },
  ],
});

/** Scores a thousand and more apart, in any order: what is shifted by one of them may overflow on another. */
const farApart = fc.array(fc.tuple(short, fc.constantFrom(0, 1000, -1000)), { minLength: 1, maxLength: 5 })
  .map((scores) => scores.map(([score, shift]) => score + shift));

const softmax = defineExercise<(scores: number[]) => number[], [scores: number[], shift: number]>({
  name: "softmax",
  signature: "softmax(scores: number[]): number[]",
  task: "Turn scores into probabilities, e^xᵢ / Σⱼ e^xⱼ, so that scores of 1000 and more work too.",
  returns: numbers,
  cases: fc.tuple(list(), short),
  laws: [
    {
      says: "The probabilities sum to 1.",
      claim: (softmax, scores) => ({
        of: "the sum",
        expected: 1,
        got: softmax(scores).reduce((a, b) => a + b, 0),
      }),
    },
    {
      says: "The ratio of two probabilities is e to the power of the difference between their scores.",
      claim: (softmax, scores) => ({
        expected: scores.map((x) => 1 / scores.reduce((sum, other) => sum + Math.exp(other - x), 0)),
        got: softmax(scores),
      }),
    },
    {
      says: "Adding the same number to every score changes nothing.",
      claim: (softmax, scores, shift) => ({
        expected: softmax(scores),
        got: softmax(scores.map((score) => score + shift)),
      }),
    },
    {
      says: "Not even 1000, whose exponential is too large for a number.",
      claim: (softmax, scores) => ({
        expected: softmax(scores),
        got: softmax(scores.map((score) => score + 1000)),
      }),
    },
    {
      says: "It works for scores that are a thousand apart, in any order.",
      cases: fc.tuple(farApart, fc.constant(0)),
      claim: (softmax, scores) => ({
        expected: scores.map((x) => 1 / scores.reduce((sum, other) => sum + Math.exp(other - x), 0)),
        got: softmax(scores),
      }),
    },
  ],
});

export const tensors = [broadcastShape, sumTo, matmulBackward, softmax];
