import { currentKernels } from "../kernels/device.ts";
import type { HostArray, Kernels, View } from "../kernels/kernels.ts";
import { isRowMajor } from "../kernels/view.ts";
import { backward, type BackwardOptions } from "./backward.ts";
import { flatten, isNumberArray, nest, type NestedNumbers, type NumberArray } from "./nested.ts";
import { concat, stack } from "./ops/layout.ts";
import { htmlTable, text } from "./print.ts";
import type { Random } from "./random.ts";
import { dense, type Origin } from "./record.ts";
import { checkShape, sameShape, type Shape, showShape, sizeOf } from "./shape.ts";
import { TensorMethods } from "./tensor_methods.ts";

/** What a new tensor may be told. */
export interface TensorOptions {
  /** Collect gradients in `grad`. */
  requiresGrad?: boolean;
}

/**
 * An array of numbers of any rank that remembers how it was computed.
 *
 * It is `Value` over arrays: every operation makes a new tensor that knows its operands and how a gradient flows back to
 * them. The numbers of a tensor never change, but for those of a leaf by `assign`.
 *
 * @example
 * ```ts
 * import { Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const w = Tensor.from([[1, 2], [3, 4]], { requiresGrad: true });
 * w.mul(w).sum().backward();
 * assert.deepEqual(w.grad?.toArray(), [[2, 4], [6, 8]]); // ∂(Σ w²)/∂w = 2w
 * ```
 */
export class Tensor extends TensorMethods {
  /** The sum of the gradients that `backward()` calls brought; `null` before the first, and for tensors without. */
  grad: Tensor | null = null;
  /** Whether `backward()` keeps this tensor's gradient in `grad`: leaves' alone, unless `retainGrad` was called. */
  keepsGrad: boolean;
  /** What made it; `undefined` for a leaf: a tensor that was given, or computed without recording. */
  readonly origin: Origin | undefined;
  #view: View;
  #requiresGrad: boolean;

  /**
   * For operations; everybody else calls `Tensor.from`, `Tensor.zeros` and so on.
   *
   * @param origin The operation that made it, or whether a leaf requires a gradient.
   */
  constructor(readonly kernels: Kernels, view: View, origin: Origin | boolean = false) {
    super();
    this.#view = view;
    this.origin = typeof origin === "object" ? origin : undefined;
    this.#requiresGrad = origin !== false;
    this.keepsGrad = origin === true;
  }

  /**
   * A tensor of the given numbers: one, nested arrays, or a typed array in row-major order.
   *
   * @param options.shape The shape; that of the nested arrays, or `[length]` of a typed array, if none is given.
   * @throws {TypeError} If an element is no number, arrays are ragged, or the shape has another number of elements.
   */
  static from(values: NestedNumbers | NumberArray, options: TensorOptions & { shape?: Shape } = {}): Tensor {
    const { shape: found, numbers } = isNumberArray(values)
      ? { shape: [values.length], numbers: values }
      : flatten("make a tensor", values);
    const { shape = found, requiresGrad = false } = options;
    checkShape("make a tensor", shape);
    if (sizeOf(shape) !== numbers.length) {
      throw new TypeError(
        `Cannot make a tensor of shape ${showShape(shape)}, as it needs ${sizeOf(shape)} elements: ${numbers.length}`,
      );
    }
    const kernels = currentKernels();
    return new Tensor(kernels, dense(kernels.write(numbers), [...shape]), requiresGrad);
  }

  /** A tensor of which every element is `value`. */
  static full(shape: Shape, value: number, { requiresGrad = false }: TensorOptions = {}): Tensor {
    checkShape("make a tensor", shape);
    if (typeof value !== "number") {
      throw new TypeError(`Cannot fill a tensor, as every element must be a number: ${String(value)}`);
    }
    const kernels = currentKernels();
    return new Tensor(kernels, dense(kernels.full(sizeOf(shape), value), [...shape]), requiresGrad);
  }

  /** A tensor of zeros. */
  static zeros(shape: Shape, options?: TensorOptions): Tensor {
    return Tensor.full(shape, 0, options);
  }

  /** A tensor of ones. */
  static ones(shape: Shape, options?: TensorOptions): Tensor {
    return Tensor.full(shape, 1, options);
  }

  /** The numbers `start`, `start + step`, … short of `stop`; `arange(n)` counts from 0. */
  static arange(start: number, stop?: number, step = 1): Tensor {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const count = Math.max(0, Math.ceil((to - from) / step));
    if (!Number.isFinite(count)) {
      throw new RangeError(`Cannot count from ${from} to ${to} in steps of ${step}, as the steps must come to an end`);
    }
    return Tensor.from(Float64Array.from({ length: count }, (_, i) => from + i * step));
  }

  /** The identity matrix `[n, n]`. */
  static eye(n: number): Tensor {
    checkShape("make an identity matrix", [n, n]);
    return Tensor.from(Float64Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0), { shape: [n, n] });
  }

  /** Standard normal deviates (mean 0, variance 1), drawn in row-major order. */
  static randn(shape: Shape, options: TensorOptions & { random: Random }): Tensor {
    return draw(shape, options, (random) => random.normal());
  }

  /** Uniform deviates from 0 (included) to 1 (excluded), drawn in row-major order. */
  static rand(shape: Shape, options: TensorOptions & { random: Random }): Tensor {
    // In float32 a number just below 1 would round to 1: 24 random bits are exact.
    const fine = currentKernels().precision === "float64";
    return draw(shape, options, (random) => fine ? random.uniform() : random.integer(0, 2 ** 24) / 2 ** 24);
  }

  /** Tensors one after another along an axis, their other axes equal. */
  static concat(tensors: readonly Tensor[], axis?: number): Tensor {
    return concat(tensors, axis);
  }

  /** Tensors of one shape along a new axis. */
  static stack(tensors: readonly Tensor[], axis?: number): Tensor {
    return stack(tensors, axis);
  }

  /** The sizes of the axes, outermost first; `[]` for a single number. */
  get shape(): Shape {
    return this.#view.shape;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Where the numbers are: for operations. */
  get view(): View {
    return this.#view;
  }

  /** The operands that it was computed from; none for a leaf. */
  get parents(): readonly Tensor[] {
    return this.origin?.parents ?? [];
  }

  /** Whether `backward()` computes a gradient for it: asked of a leaf, and true of all that is computed from such. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  set requiresGrad(wanted: boolean) {
    if (this.origin !== undefined && !wanted) {
      throw new TypeError(`Cannot stop the gradient of a result of "${this.origin.operation}": use detach() instead`);
    }
    this.#requiresGrad = wanted;
    this.keepsGrad = wanted && (this.keepsGrad || this.origin === undefined);
  }

  /**
   * The elements in row-major order, copied: writing into the array changes no tensor, and reading it in a loop is quick
   * once it is kept in a variable.
   */
  get data(): HostArray {
    const whole = isRowMajor(this.view) && this.view.storage.length === this.size;
    return this.kernels.read(whole ? this.view.storage : this.kernels.copy(this.view));
  }

  /**
   * The number of a tensor that has one element.
   *
   * @throws {TypeError} If it has another number of elements.
   */
  item(): number {
    if (this.size !== 1) {
      throw new TypeError(
        `Cannot read a tensor of shape ${showShape(this.shape)} as one number, as it has ${this.size} elements`,
      );
    }
    return this.data[0]!;
  }

  /** The elements as nested arrays; a plain number for a tensor of rank 0. */
  toArray(): NestedNumbers {
    return nest(this.data, this.shape);
  }

  /** The same numbers without their history: a constant to whatever is computed from it. */
  detach(): Tensor {
    return new Tensor(this.kernels, this.view);
  }

  /** A constant of this tensor's shape, on its device, of which every element is `value`. */
  like(value: number): Tensor {
    return new Tensor(this.kernels, dense(this.kernels.full(this.size, value), this.shape));
  }

  /** Keeps the gradient of this tensor, which is no leaf, in `grad` as well; returns the tensor. */
  retainGrad(): this {
    this.requiresGrad = true;
    this.keepsGrad = true;
    return this;
  }

  /**
   * Adds `∂this/∂leaf` to `leaf.grad` of every leaf that requires a gradient, then frees the graph.
   *
   * @throws {TypeError} If nothing requires a gradient, or this tensor is not a single number and no `seed` is given.
   * @throws {Error} If an earlier call freed a part of the graph.
   */
  backward(options: BackwardOptions = {}): void {
    backward(this, options);
  }

  /**
   * Gives a leaf new numbers, as an optimizer does; tensors computed from the old ones keep theirs.
   *
   * @throws {TypeError} If this tensor is no leaf, or the shapes differ; nothing is changed then.
   */
  assign(values: Tensor | NestedNumbers | NumberArray): void {
    if (this.origin !== undefined) {
      throw new TypeError(`Cannot assign to a result of "${this.origin.operation}": only leaves take new values`);
    }
    const given = values instanceof Tensor
      ? values
      : Tensor.from(values, isNumberArray(values) ? { shape: this.shape } : {});
    if (!sameShape(given.shape, this.shape)) {
      throw new TypeError(
        `Cannot assign values of shape ${showShape(given.shape)} to a tensor of shape ${showShape(this.shape)}, ` +
          "as the shapes must be the same",
      );
    }
    const { kernels, view } = given;
    // The numbers of a storage never change, so that two tensors may share it; of a part of one, a copy is kept.
    const whole = isRowMajor(view) && view.storage.length === this.size;
    const here = kernels !== this.kernels ? this.kernels.write(given.data) : whole ? view.storage : kernels.copy(view);
    this.#view = dense(here, this.shape);
  }

  /** The tensor as a console prints it: its shape, then its elements, the middle left out where there are many. */
  override toString(): string {
    return text(this);
  }

  [Symbol.for("Deno.customInspect")](): string {
    return text(this);
  }

  /** The tensor as a notebook shows it: a table under its shape. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": text(this), "text/html": htmlTable(this) };
  }
}

/** A tensor of random numbers; `options` are looked at, as notebooks do not check types. */
function draw(
  shape: Shape,
  options: TensorOptions & { random?: Random } | undefined,
  deviate: (random: Random) => number,
): Tensor {
  checkShape("draw a tensor", shape);
  const random = options?.random;
  if (random === undefined) {
    throw new TypeError("Cannot draw a tensor without a source of random numbers: pass { random: new Random(seed) }");
  }
  return Tensor.from(Float64Array.from({ length: sizeOf(shape) }, () => deviate(random)), { ...options, shape });
}
