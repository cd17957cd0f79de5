/** Functions of one number, and their derivatives. */

import type { UnaryOp } from "../kernels.ts";
import { erf, erfc } from "./erf.ts";

/** A function of one number; its derivative may use the value `y` that the function had at `x`. */
interface Unary {
  readonly value: (x: number) => number;
  readonly derivative: (x: number, y: number) => number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The normal distribution: `Φ(x)`, the probability of a number below x, and its density `φ(x)`. */
const normal = (x: number) => erfc(-x / Math.SQRT2) / 2;
const normalDensity = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

/** `geluTanh(x) = x · sigmoid(2u(x))`, as `(1 + tanh u) / 2 = sigmoid(2u)`. */
const geluArgument = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const geluArgumentDerivative = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);

/** `x · s`, or 0 where `s` is: a gate that is shut lets not even infinity pass. */
const gated = (x: number, s: number) => s === 0 ? 0 : x * s;

export const UNARY: Record<UnaryOp, Unary> = {
  neg: { value: (x) => -x, derivative: () => -1 },
  exp: { value: Math.exp, derivative: (_, y) => y },
  log: { value: Math.log, derivative: (x) => 1 / x },
  sqrt: { value: Math.sqrt, derivative: (_, y) => 0.5 / y },
  abs: { value: Math.abs, derivative: Math.sign },
  sign: { value: Math.sign, derivative: () => 0 },
  sin: { value: Math.sin, derivative: Math.cos },
  cos: { value: Math.cos, derivative: (x) => -Math.sin(x) },
  tanh: { value: Math.tanh, derivative: (_, y) => 1 - y * y },
  sigmoid: { value: sigmoid, derivative: (_, y) => y * (1 - y) },
  relu: { value: (x) => Math.max(x, 0), derivative: (x) => x > 0 ? 1 : 0 },
  erf: { value: erf, derivative: (x) => 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) },
  gelu: {
    value: (x) => gated(x, normal(x)),
    derivative: (x) => normal(x) + gated(x, normalDensity(x)),
  },
  geluTanh: {
    value: (x) => gated(x, sigmoid(geluArgument(x))),
    derivative: (x) => gatedDerivative(x, sigmoid(geluArgument(x)), geluArgumentDerivative(x)),
  },
  silu: {
    value: (x) => gated(x, sigmoid(x)),
    derivative: (x) => gatedDerivative(x, sigmoid(x), 1),
  },
};

/** The derivative of `x · sigmoid(u)`, with `s = sigmoid(u)` and `du = ∂u/∂x`: `s + x · s (1 − s) · du`. */
function gatedDerivative(x: number, s: number, du: number): number {
  return s + gated(x * du, s * (1 - s));
}
