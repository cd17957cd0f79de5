/** Kernels that work element by element. */

import type { BinaryOp, Kernels, UnaryBackwardOp, UnaryOp } from "../kernels.ts";
import type { Gpu } from "./gpu.ts";

/** Functions of `x`; those that JavaScript lacks are in functions.ts. */
const UNARY: Record<UnaryOp, string> = {
  neg: "-x",
  exp: "Math.exp(x)",
  log: "logarithm(x)",
  sqrt: "Math.sqrt(x)",
  abs: "Math.abs(x)",
  sign: "signOf(x)",
  sin: "Math.sin(x)",
  cos: "Math.cos(x)",
  tanh: "tanh(x)",
  sigmoid: "sigmoid(x)",
  relu: "larger(x, 0)",
  erf: "erf(x)",
  gelu: "gated(x, normal(x))",
  geluTanh: "gated(x, sigmoid(geluArgument(x)))",
  silu: "gated(x, sigmoid(x))",
};

/** Their derivatives at `x`, where the function's value is `y`. */
const DERIVATIVES: Record<UnaryBackwardOp, string> = {
  exp: "y",
  sqrt: "0.5 / y",
  abs: "signOf(x)",
  sin: "Math.cos(x)",
  cos: "-Math.sin(x)",
  tanh: "(1 - y * y)",
  sigmoid: "y * (1 - y)",
  relu: "(x > 0 ? 1 : 0)",
  erf: "1.1283791670955126 * Math.exp(-x * x)",
  gelu: "(normal(x) + gated(x, 0.3989422804014327 * Math.exp(-0.5 * x * x)))",
  geluTanh: gatedDerivative("sigmoid(geluArgument(x))", "1.5957691216057308 * (1 + 0.134145 * x * x)"),
  silu: gatedDerivative("sigmoid(x)", "1"),
};

/** The derivative of `x · s` with `s = sigmoid(u)` and `du = ∂u/∂x`: `s + x · s (1 − s) · du`. */
function gatedDerivative(s: string, du: string): string {
  return `(${s} + gated(x * ${du}, ${s} * (1 - ${s})))`;
}

const BINARY: Record<BinaryOp, string> = {
  add: "x + y",
  sub: "x - y",
  mul: "x * y",
  div: "quotient(x, y)",
  pow: "power(x, y)",
  greater: "x > y ? 1 : 0",
  equal: "x === y ? 1 : 0",
  maximum: "larger(x, y)",
  minimum: "smaller(x, y)",
};

type ElementKernels = Pick<Kernels, "full" | "copy" | "unary" | "unaryBackward" | "binary" | "select">;

/** The kernels of this file. */
export function elementKernels(gpu: Gpu): ElementKernels {
  return {
    full: (length, value) => gpu.full(length, value),
    copy: (a) => gpu.map("x", { x: a }),
    unary: (op, a) => gpu.map(UNARY[op], { x: a }),
    unaryBackward(op, a, out, grad) {
      return gpu.map(`grad * ${DERIVATIVES[op]}`, { x: a, y: out, grad });
    },
    binary: (op, a, b) => gpu.map(BINARY[op], { x: a, y: b }),
    // Not `condition !== 0 ? x : y`, as shaders may take NaN for equal to 0 there.
    select: (condition, a, b) => gpu.map("condition === 0 ? y : x", { condition, x: a, y: b }),
  };
}
