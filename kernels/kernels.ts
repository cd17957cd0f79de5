/**
 * Everything that a device must be able to compute.
 *
 * `Tensor` calls these functions and knows nothing of devices; a device implements them and knows nothing of
 * gradients. By the time a kernel is called, shapes have been checked and operands broadcast: operands of one kernel
 * that must have equal shapes do have them. A kernel never writes into an operand: it returns new storage, row-major.
 */

import type { FusedKernels } from "./fused.ts";
import type { Layout, Shape } from "./view.ts";

/** Numbers on a device; what is inside is the device's own affair. */
export interface Storage {
  /** How many numbers. */
  readonly length: number;
}

/** An array as a kernel sees it: numbers on a device, and where its elements stand among them. */
export interface View extends Layout {
  /** The numbers. */
  readonly storage: Storage;
}

/** One part of an assembled array: the elements of `view` go where `layout` says. */
export interface Part {
  /** The elements. */
  readonly view: View;
  /** Where they go. */
  readonly layout: Layout;
}

/**
 * Functions of one number. `sign` is 0 at 0, `relu` is `max(x, 0)`, `silu` is `x · sigmoid(x)`, `gelu` is `x · Φ(x)`
 * with the normal distribution's `Φ(x) = (1 + erf(x/√2)) / 2`, and `geluTanh` its approximation
 * `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))` (arXiv 1606.08415).
 */
export type UnaryOp =
  | "neg"
  | "exp"
  | "log"
  | "sqrt"
  | "abs"
  | "sign"
  | "sin"
  | "cos"
  | "tanh"
  | "sigmoid"
  | "relu"
  | "erf"
  | "gelu"
  | "geluTanh"
  | "silu";

/** Functions of one number that have a kernel for their gradient; a primitive operation gives those of the others. */
export type UnaryBackwardOp = Exclude<UnaryOp, "neg" | "log" | "sign">;

/**
 * Functions of two numbers. The comparisons give 1 for true and 0 for false. `pow` follows IEEE 754: `1^y` and `x^0` are
 * 1 even of NaN, and so is `(±1)^±∞`; a negative base to a fractional power is NaN. `maximum` and `minimum` are NaN if
 * either number is; of −0 and +0 they may give either.
 */
export type BinaryOp = "add" | "sub" | "mul" | "div" | "pow" | "greater" | "equal" | "maximum" | "minimum";

/** Reductions of many numbers to one, NaN if any number is. The sum of none is 0; nobody asks for the maximum of none. */
export type ReduceOp = "sum" | "max";

/** Row-major values on the JavaScript heap. */
export type HostArray = Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** What a device runs on, where it has a choice. */
export interface EngineInfo {
  /** The engine's name: of gpu, as `useDevice` takes it; of cpu, which SIMD instructions its WebAssembly uses. */
  readonly engine: string;
  /** How many threads share the work, where that can be chosen. */
  readonly threads?: number;
  /** The graphics adapter's name, if it has one. */
  readonly adapter?: string;
  /** Whether the adapter is a program and no hardware. */
  readonly software?: boolean;
}

/** The kernels of one device: the primitive ones here, and the fused ones of `fused.ts`. */
export interface Kernels extends FusedKernels {
  /** The device's name, as `useDevice` takes it. */
  readonly device: string;
  /** The arithmetic. */
  readonly precision: "float64" | "float32";
  /** What it runs on, where it has a choice. */
  readonly engine?: EngineInfo;

  /** Puts numbers on the device. */
  write(values: ArrayLike<number>): Storage;
  /** The numbers of a storage, for the caller to keep; waits until they are computed. */
  read(storage: Storage): HostArray;
  /** `length` times the same number. */
  full(length: number, value: number): Storage;
  /** The elements of a view in row-major order, without gaps. */
  copy(a: View): Storage;

  /** `out = op(a)`, element by element. */
  unary(op: UnaryOp, a: View): Storage;
  /** `out = op(a, b)`, element by element, shapes equal. */
  binary(op: BinaryOp, a: View, b: View): Storage;
  /** `out = condition ≠ 0 ? a : b`, element by element, shapes equal. */
  select(condition: View, a: View, b: View): Storage;

  /** Folds the last `axes` axes of `a` into one number each. */
  reduce(op: ReduceOp, a: View, axes: number): Storage;
  /** The position of the first maximum along the last axis, which is not empty, or of the first NaN; waits. */
  argmax(a: View): Int32Array;
  /** Running sums along the last axis: `out[i] = a[0] + … + a[i]`, or, if `reverse`, `a[i] + … + a[n − 1]`. */
  cumsum(a: View, reverse: boolean): Storage;

  /** Matrix products: `[…, M, K] · […, K, N] → […, M, N]`, the leading axes equal. */
  matmul(a: View, b: View): Storage;

  /** Rows by number: `out[i] = a[indices[i]]` along the first axis. */
  gather(a: View, indices: Int32Array): Storage;
  /** The dual of `gather`: an array of `shape` where `out[indices[i]] += a[i]`, and 0 elsewhere. */
  scatterAdd(a: View, indices: Int32Array, shape: Shape): Storage;
  /** `length` zeros into which every part is written; the parts do not overlap. */
  assemble(length: number, parts: readonly Part[]): Storage;
}
