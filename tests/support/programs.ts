/** Random expression graphs as programs that run on any kind of number: plain numbers, Value, Tensor, text. */

import * as fc from "fast-check";
import type { Tensor, Value } from "../../mod.ts";
import { anyNumber } from "./arbitraries.ts";

const BINARY = ["add", "sub", "mul", "div", "pow"] as const;
const UNARY = ["neg", "exp", "log", "tanh", "sigmoid", "relu"] as const;
type Binary = (typeof BINARY)[number];
type Unary = (typeof UNARY)[number];

/** What a program computes with. */
export type Algebra<T> = Record<Binary, (a: T, b: T) => T> & Record<Unary, (a: T) => T>;

/** One operation: its operands are earlier results by number, the program's inputs first. */
interface Step {
  readonly operation: Binary | Unary;
  readonly operands: readonly [number, number];
}

/** A list of operations, and points at which they are all smooth and of moderate size. */
export interface Program {
  /** The inputs at every point. */
  readonly points: readonly (readonly number[])[];
  readonly steps: readonly Step[];
  /** The answer is the sum of this many last results; the others may be dead ends, or used many times. */
  readonly outputs: number;
}

/** Runs a program on inputs of any kind. */
export function run<T>({ steps, outputs }: Program, algebra: Algebra<T>, inputs: readonly T[]): T {
  const results = [...inputs];
  for (const step of steps) results.push(apply(step, algebra, results));
  return results.slice(-outputs).reduce((sum, x) => algebra.add(sum, x));
}

function apply<T>({ operation, operands: [i, j] }: Step, algebra: Algebra<T>, results: readonly T[]): T {
  const [a, b] = [results[i]!, results[j]!];
  for (const name of BINARY) if (name === operation) return algebra[name](a, b);
  for (const name of UNARY) if (name === operation) return algebra[name](a);
  throw new Error(`There is no operation ${operation}`);
}

/** Plain numbers. */
export const numbers: Algebra<number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  neg: (a) => -a,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  relu: (a) => Math.max(a, 0),
};

/** Numbers with their derivative with respect to one input: the forward chain rule, another way to every gradient. */
export interface Dual {
  readonly value: number;
  readonly slope: number;
}

export const duals: Algebra<Dual> = {
  add: (a, b) => ({ value: a.value + b.value, slope: a.slope + b.slope }),
  sub: (a, b) => ({ value: a.value - b.value, slope: a.slope - b.slope }),
  mul: (a, b) => ({ value: a.value * b.value, slope: a.slope * b.value + a.value * b.slope }),
  div: (a, b) => ({ value: a.value / b.value, slope: (a.slope * b.value - a.value * b.slope) / b.value ** 2 }),
  pow: (a, b) => ({
    value: a.value ** b.value,
    slope: a.value ** b.value * (b.slope * Math.log(a.value) + b.value * a.slope / a.value),
  }),
  neg: (a) => ({ value: -a.value, slope: -a.slope }),
  exp: (a) => ({ value: Math.exp(a.value), slope: Math.exp(a.value) * a.slope }),
  log: (a) => ({ value: Math.log(a.value), slope: a.slope / a.value }),
  tanh: (a) => ({ value: Math.tanh(a.value), slope: a.slope / Math.cosh(a.value) ** 2 }),
  sigmoid: (a) => ({ value: numbers.sigmoid(a.value), slope: a.slope / (2 + 2 * Math.cosh(a.value)) }),
  relu: (a) => ({ value: Math.max(a.value, 0), slope: a.value > 0 ? a.slope : 0 }),
};

/** Both engines compute with methods of the same names. */
function methods<T extends Record<Binary, (b: T) => T> & Record<Unary, () => T>>(): Algebra<T> {
  return {
    add: (a, b) => a.add(b),
    sub: (a, b) => a.sub(b),
    mul: (a, b) => a.mul(b),
    div: (a, b) => a.div(b),
    pow: (a, b) => a.pow(b),
    neg: (a) => a.neg(),
    exp: (a) => a.exp(),
    log: (a) => a.log(),
    tanh: (a) => a.tanh(),
    sigmoid: (a) => a.sigmoid(),
    relu: (a) => a.relu(),
  };
}

export const values: Algebra<Value> = methods<Value>();
export const tensors: Algebra<Tensor> = methods<Tensor>();

/** The text of an expression, as mathjs reads it. */
export const texts: Algebra<string> = {
  add: (a, b) => `(${a} + ${b})`,
  sub: (a, b) => `(${a} - ${b})`,
  mul: (a, b) => `(${a} * ${b})`,
  div: (a, b) => `(${a} / ${b})`,
  pow: (a, b) => `(${a} ^ ${b})`,
  neg: (a) => `(-${a})`,
  exp: (a) => `exp(${a})`,
  log: (a) => `log(${a})`,
  tanh: (a) => `tanh(${a})`,
  sigmoid: (a) => `(1 / (1 + exp(-${a})))`,
  relu: () => {
    throw new Error("mathjs has no relu: generate programs that are smooth");
  },
};

/**
 * Random programs. An operation with a pole or a kink near one of the points, or with large results there, is replaced
 * by tanh, which has neither. So every program is valid, and its results are accurate to many digits.
 */
export function programs(
  { inputs = 3, points = 1, steps = 8, smooth = false }: {
    inputs?: number;
    points?: number;
    steps?: number;
    smooth?: boolean;
  } = {},
): fc.Arbitrary<Program> {
  const names = [...BINARY, ...UNARY.filter((name) => !(smooth && name === "relu"))];
  return fc.record({
    points: fc.array(fc.array(anyNumber, { minLength: inputs, maxLength: inputs }), {
      minLength: points,
      maxLength: points,
    }),
    wishes: fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(99), fc.nat(99)), { minLength: 1, maxLength: steps }),
    outputs: fc.integer({ min: 1, max: 3 }),
  }).map(({ points, wishes, outputs }) => {
    const results = points.map((point) => [...point]); // the results so far, for every point
    const chosen = wishes.map(([operation, p, q], i): Step => {
      // Counted back from the latest result, so that programs run deep.
      const known = inputs + i;
      const operands = [known - 1 - p % known, known - 1 - q % known] as const;
      const step = results.every((so) => harmless(operation, so[operands[0]]!, so[operands[1]]!))
        ? { operation, operands }
        : { operation: "tanh" as const, operands };
      for (const so of results) so.push(apply(step, numbers, so));
      return step;
    });
    return { points, steps: chosen, outputs };
  });
}

/** Whether an operation is smooth around a point, and neither it nor its slope large. */
function harmless(operation: Step["operation"], a: number, b: number): boolean {
  switch (operation) {
    case "div":
      return Math.abs(b) > 0.25;
    case "pow":
      return a > 0.25 && Math.abs(b * Math.log(a)) < 2 && Math.abs(b) < 3;
    case "log":
      return a > 0.25;
    case "exp":
      return a < 2;
    case "relu":
      return Math.abs(a) > 0.1;
    case "mul":
      return Math.abs(a) < 10 && Math.abs(b) < 10;
    default:
      return true;
  }
}
