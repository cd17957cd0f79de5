/** Functions of one number, and their derivatives. */

import type { UnaryBackwardOp, UnaryOp } from "../kernels.ts";
import { erf, erfc } from "./erf.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The normal distribution: `Φ(x)`, the probability of a number below x, and its density `φ(x)`. */
const normal = (x: number) => erfc(-x / Math.SQRT2) / 2;
const normalDensity = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

/** `geluTanh(x) = x · sigmoid(2u(x))`, as `(1 + tanh u) / 2 = sigmoid(2u)`. */
const geluArgument = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const geluArgumentDerivative = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);

/** `x · s`, or 0 where `s` is: a closed gate stops even infinity. */
const gated = (x: number, s: number) => s === 0 ? 0 : x * s;

/** The functions. */
export const UNARY: Record<UnaryOp, (x: number) => number> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => Math.max(x, 0),
  erf,
  gelu: (x) => gated(x, normal(x)),
  geluTanh: (x) => gated(x, sigmoid(geluArgument(x))),
  silu: (x) => gated(x, sigmoid(x)),
};

/** The derivatives at x, where the function's value is y. */
export const DERIVATIVES: Record<UnaryBackwardOp, (x: number, y: number) => number> = {
  exp: (_, y) => y,
  sqrt: (_, y) => 0.5 / y,
  abs: Math.sign,
  sin: Math.cos,
  cos: (x) => -Math.sin(x),
  tanh: (_, y) => 1 - y * y,
  sigmoid: (_, y) => y * (1 - y),
  relu: (x) => x > 0 ? 1 : 0,
  erf: (x) => 2 / Math.sqrt(Math.PI) * Math.exp(-x * x),
  gelu: (x) => normal(x) + gated(x, normalDensity(x)),
  geluTanh: (x) => gatedDerivative(x, sigmoid(geluArgument(x)), geluArgumentDerivative(x)),
  silu: (x) => gatedDerivative(x, sigmoid(x), 1),
};

/** The derivative of `x · sigmoid(u)`, with `s = sigmoid(u)` and `du = ∂u/∂x`: `s + x · s (1 − s) · du`. */
function gatedDerivative(x: number, s: number, du: number): number {
  return s + gated(x * du, s * (1 - s));
}
