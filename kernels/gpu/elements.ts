/** Kernels that work element by element. */

import type { BinaryOp, Kernels, UnaryOp } from "../kernels.ts";
import type { Gpu } from "./gpu.ts";

/** `value` of `x`, and `derivative` by it, which may use the value `y`; functions that JavaScript lacks: functions.ts. */
const UNARY: Record<UnaryOp, { readonly value: string; readonly derivative: string }> = {
  neg: { value: "-x", derivative: "-1" },
  exp: { value: "Math.exp(x)", derivative: "y" },
  log: { value: "Math.log(x)", derivative: "1 / x" },
  sqrt: { value: "Math.sqrt(x)", derivative: "0.5 / y" },
  abs: { value: "Math.abs(x)", derivative: "Math.sign(x)" },
  sign: { value: "Math.sign(x)", derivative: "0" },
  sin: { value: "Math.sin(x)", derivative: "Math.cos(x)" },
  cos: { value: "Math.cos(x)", derivative: "-Math.sin(x)" },
  tanh: { value: "tanh(x)", derivative: "(1 - y * y)" },
  sigmoid: { value: "sigmoid(x)", derivative: "y * (1 - y)" },
  relu: { value: "Math.max(x, 0)", derivative: "(x > 0 ? 1 : 0)" },
  erf: { value: "erf(x)", derivative: `1.1283791670955126 * Math.exp(-x * x)` },
  gelu: {
    value: gated("normal(x)"),
    derivative: "(normal(x) + x * 0.3989422804014327 * Math.exp(-0.5 * x * x))",
  },
  geluTanh: {
    value: gated("sigmoid(geluArgument(x))"),
    derivative: gatedDerivative("sigmoid(geluArgument(x))", "1.5957691216057308 * (1 + 0.134145 * x * x)"),
  },
  silu: { value: gated("sigmoid(x)"), derivative: gatedDerivative("sigmoid(x)", "1") },
};

/** `x · s`, or 0 where `s` is: a gate that is shut lets not even infinity pass. */
function gated(s: string): string {
  return `(${s} > 0 ? x * ${s} : 0)`;
}

/** The derivative of `x · s` with `s = sigmoid(u)` and `du = ∂u/∂x`: `s + x · s (1 − s) · du`. */
function gatedDerivative(s: string, du: string): string {
  return `(${s} * (1 - ${s}) > 0 ? ${s} + x * ${du} * ${s} * (1 - ${s}) : ${s})`;
}

const BINARY: Record<BinaryOp, string> = {
  add: "x + y",
  sub: "x - y",
  mul: "x * y",
  div: "x / y",
  pow: "power(x, y)",
  greater: "x > y ? 1 : 0",
  equal: "x === y ? 1 : 0",
};

/** The kernels of this file. */
export type ElementKernels = Pick<
  Kernels,
  "full" | "copy" | "unary" | "unaryBackward" | "binary" | "select"
>;

export function elementKernels(gpu: Gpu): ElementKernels {
  return {
    full: (length, value) => gpu.full(length, value),
    copy: (a) => gpu.map("x", { x: a }),
    unary: (op, a) => gpu.map(UNARY[op].value, { x: a }),
    unaryBackward(op, a, out, grad) {
      return gpu.map(`grad * ${UNARY[op].derivative}`, { x: a, y: out, grad });
    },
    binary: (op, a, b) => gpu.map(BINARY[op], { x: a, y: b }),
    select: (condition, a, b) => gpu.map("condition !== 0 ? x : y", { condition, x: a, y: b }),
  };
}
