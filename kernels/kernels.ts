/**
 * Everything that a device must be able to compute.
 *
 * `Tensor` calls these functions and knows nothing of devices; a device implements them and knows nothing of
 * gradients. A kernel never writes into an operand: it returns new storage, row-major.
 *
 * The caller has checked shapes and broadcast operands: where this interface names a shape, the operand has it, and
 * indices and targets are in range. What a kernel returns for other operands is not defined. But the `cpu` device,
 * whose arrays share one memory, never reads or writes outside of an operand: it throws a TypeError or a RangeError
 * instead.
 */

import type { FusedKernels } from "./fused.ts";
import type { Layout, Shape } from "./view.ts";

/** Numbers on a device. Each device has its own kind. */
export interface Storage {
  /** How many numbers. */
  readonly length: number;
}

/** An array as a kernel sees it: numbers on a device, and where its elements are among them. */
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
 * where the normal distribution is `Φ(x) = (1 + erf(x/√2)) / 2`, and `geluTanh` its approximation
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

/** The functions of one number that have a backward kernel; a primitive kernel computes the gradients of the others. */
export type UnaryBackwardOp = Exclude<UnaryOp, "neg" | "log" | "sign">;

/**
 * Functions of two numbers. The comparisons give 1 for true and 0 for false. `pow` follows IEEE 754: `1^y` and `x^0`
 * are 1 even for NaN, `(±1)^±∞` is 1, and a negative base to a fractional power is NaN. `maximum` and `minimum` are NaN
 * if either number is NaN; between −0 and +0 they may return either.
 */
export type BinaryOp = "add" | "sub" | "mul" | "div" | "pow" | "greater" | "equal" | "maximum" | "minimum";

/**
 * Reductions of many numbers to one: NaN if any number is NaN. The sum of no numbers is 0; their maximum is not
 * defined.
 */
export type ReduceOp = "sum" | "max";

/** Row-major numbers on the JavaScript heap. */
export type HostArray = Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** What a device runs on, where it has a choice. */
export interface EngineInfo {
  /** The engine's name: on gpu, as given to `useDevice`; on cpu, the SIMD instructions that its WebAssembly uses. */
  readonly engine: string;
  /** How many threads share the work, where that can be chosen. */
  readonly threads?: number;
  /** The graphics adapter's name, if it has one. */
  readonly adapter?: string;
  /** Whether the adapter is software rather than hardware. */
  readonly software?: boolean;
}

/**
 * The kernels of one device: the primitive ones here, and the fused ones of `fused.ts`.
 *
 * Every device agrees with `reference` not only on ordinary numbers (`tests/special_values_test.ts`):
 * - A result is NaN, +∞ or −∞ where it is on `reference`. A result beyond the range of float32 is infinite.
 * - Numbers smaller than 2⁻¹²⁶, the subnormal ones, may count as 0, as operands and as results: many graphics adapters
 *   have no subnormal numbers, and WGSL does not ask for them.
 * - The sign of a zero is not promised, as shader compilers simplify `x + 0` to `x`. But an operand −0 counts as negative
 *   where it is a divisor or the base of a power.
 * - Where `reference`, in float64, has a finite result, and a step on the way overflows float32, the result is right, or
 *   infinite, or NaN, but not another number. AdamW is the exception: the square of a gradient above 1.8 · 10¹⁹ is infinite,
 *   and stops the parameter.
 * - In attention, NaN or ∞ in a key or value that some queries see may reach the others, as `0 · NaN`. What no query sees
 *   has no influence.
 * - Sine and cosine are accurate up to |x| = 100. Beyond that, all that is promised is a number from −1 to 1.
 */
export interface Kernels extends FusedKernels {
  /** The device's name, as given to `useDevice`. */
  readonly device: string;
  /** The arithmetic. */
  readonly precision: "float64" | "float32";
  /** What it runs on, where it has a choice. */
  readonly engine?: EngineInfo;

  /** Puts numbers on the device. */
  write(values: ArrayLike<number>): Storage;
  /** Copies the numbers of a storage for the caller. Waits until they are computed. */
  read(storage: Storage): HostArray;
  /** The same number `length` times. */
  full(length: number, value: number): Storage;
  /** The elements of a view in row-major order, without gaps. */
  copy(a: View): Storage;

  /** `out = op(a)`, element by element. */
  unary(op: UnaryOp, a: View): Storage;
  /** `out = op(a, b)`, element by element, shapes equal. */
  binary(op: BinaryOp, a: View, b: View): Storage;
  /** `out = condition ≠ 0 ? a : b`, element by element, shapes equal. */
  select(condition: View, a: View, b: View): Storage;

  /** Reduces the last `axes` axes of `a` to one number each. */
  reduce(op: ReduceOp, a: View, axes: number): Storage;
  /** The position of the first maximum, or of the first NaN, along the last axis, which is not empty. Waits. */
  argmax(a: View): Int32Array;
  /** Running sums along the last axis: `out[i] = a[0] + … + a[i]`, or, if `reverse`, `a[i] + … + a[n − 1]`. */
  cumsum(a: View, reverse: boolean): Storage;

  /** Matrix products: `[…, M, K] · […, K, N] → […, M, N]`, the leading axes equal. */
  matmul(a: View, b: View): Storage;

  /** Selects rows: `out[i] = a[indices[i]]` along the first axis. */
  gather(a: View, indices: Int32Array): Storage;
  /** The dual of `gather`: an array of `shape` where `out[indices[i]] += a[i]`, and 0 elsewhere. */
  scatterAdd(a: View, indices: Int32Array, shape: Shape): Storage;
  /** `length` zeros with every part written into them. The parts do not overlap. */
  assemble(length: number, parts: readonly Part[]): Storage;
}
