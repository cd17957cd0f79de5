import {
  anything,
  check,
  checkArguments,
  flag,
  instance,
  number,
  optionsOf,
  required,
  size,
  that,
  whole,
} from "../checks/mod.ts";
import { currentKernels } from "../kernels/device.ts";
import type { HostArray, Kernels, View } from "../kernels/kernels.ts";
import { contiguous, isRowMajor, isView } from "../kernels/view.ts";
import type { BackwardMethods } from "./backward.ts";
import { isNumberArray, nest, type NestedNumbers, type NumberArray, unnest } from "./nested.ts";
import type { ActivationMethods } from "./ops/activations.ts";
import type { ArithmeticMethods } from "./ops/arithmetic.ts";
import type { BroadcastMethods } from "./ops/broadcast.ts";
import type { ComparisonMethods } from "./ops/comparison.ts";
import type { FunctionMethods } from "./ops/functions.ts";
import type { LayoutMethods } from "./ops/layout.ts";
import type { MatmulMethods } from "./ops/matmul.ts";
import type { ReductionMethods } from "./ops/reduction.ts";
import type { ScanMethods } from "./ops/scan.ts";
import type { SelectionMethods } from "./ops/selection.ts";
import type { SlicingMethods } from "./ops/slicing.ts";
import type { SoftmaxMethods } from "./ops/softmax.ts";
import type { TriangleMethods } from "./ops/triangle.ts";
import { htmlTable, text } from "./print.ts";
import { Random } from "./random.ts";
import type { Origin } from "./record.ts";
import { checkShape, sameShape, type Shape, showShape, sizeOf } from "./shape.ts";

/** The options of a new tensor. */
export interface TensorOptions {
  /** Collect gradients in `grad`. Default: false. */
  requiresGrad?: boolean;
}

/** The options of a tensor made of given numbers. */
export interface FromOptions extends TensorOptions {
  /** The shape. Default: that of the nested arrays, or `[length]` of a typed array. */
  shape?: Shape;
}

/** The options of a random tensor. */
export interface RandomTensorOptions extends TensorOptions {
  /** The source of the random numbers. */
  random: Random;
}

/** The operations, declared where they are defined, in `ops/`; `mod.ts` puts them on the class. */
export interface Tensor
  extends
    ActivationMethods,
    ArithmeticMethods,
    BackwardMethods,
    BroadcastMethods,
    ComparisonMethods,
    FunctionMethods,
    LayoutMethods,
    MatmulMethods,
    ReductionMethods,
    ScanMethods,
    SelectionMethods,
    SlicingMethods,
    SoftmaxMethods,
    TriangleMethods {}

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
export class Tensor {
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
    const isOrigin = typeof origin === "boolean" || typeof origin?.operation === "string";
    if (arguments.length > 3 || !isKernels(kernels) || !isView(view) || !isOrigin) {
      checkArguments("make a tensor", arguments, constructorParameters);
    }
    this.#view = view;
    this.origin = typeof origin === "object" ? origin : undefined;
    this.#requiresGrad = origin !== false;
    this.keepsGrad = origin === true;
  }

  /**
   * A tensor of the given numbers: one, nested arrays, or a typed array in row-major order.
   *
   * @throws {TypeError} If an element is not a number, arrays are ragged, or `shape` has another number of elements.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([[1, 2], [3, 4]]).shape, [2, 2]);
   * assert.deepEqual(Tensor.from(Float32Array.of(1, 2), { shape: [2, 1] }).toArray(), [[1], [2]]);
   * ```
   */
  static from(values: NestedNumbers | NumberArray, options: FromOptions = {}): Tensor {
    const action = "make a tensor";
    checkArguments(action, arguments, fromParameters);
    const { shape: found, numbers } = isNumberArray(values)
      ? { shape: [values.length], numbers: values }
      : unnest(action, values);
    const { shape = found, requiresGrad = false } = options;
    checkShape(action, shape);
    if (sizeOf(shape) !== numbers.length) {
      throw new TypeError(
        `Cannot make a tensor of shape ${showShape(shape)}, as it needs ${sizeOf(shape)} elements: ${numbers.length}`,
      );
    }
    const kernels = currentKernels();
    return new Tensor(kernels, contiguous(kernels.write(numbers), [...shape]), requiresGrad);
  }

  /**
   * A tensor of which every element is `value`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.full([2], 7).toArray(), [7, 7]);
   * ```
   */
  static full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
    checkArguments("fill a tensor", arguments, fullParameters);
    checkShape("make a tensor", shape);
    const kernels = currentKernels();
    const view = contiguous(kernels.full(sizeOf(shape), value), [...shape]);
    return new Tensor(kernels, view, options.requiresGrad ?? false);
  }

  /**
   * A tensor of zeros.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.zeros([2]).toArray(), [0, 0]);
   * ```
   */
  static zeros(shape: Shape, options?: TensorOptions): Tensor {
    checkArguments("make zeros", arguments, shapeParameters);
    return Tensor.full(shape, 0, options);
  }

  /**
   * A tensor of ones.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.ones([2]).toArray(), [1, 1]);
   * ```
   */
  static ones(shape: Shape, options?: TensorOptions): Tensor {
    checkArguments("make ones", arguments, shapeParameters);
    return Tensor.full(shape, 1, options);
  }

  /**
   * The numbers `start`, `start + step`, … short of `stop`; `arange(n)` counts from 0.
   *
   * @throws {RangeError} If the steps never reach `stop`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.arange(3).toArray(), [0, 1, 2]);
   * assert.deepEqual(Tensor.arange(5, 1, -2).toArray(), [5, 3]);
   * ```
   */
  static arange(start: number, stop?: number, step = 1): Tensor {
    checkArguments("count", arguments, { start: required(number), stop: number, step: number });
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const count = Math.max(0, Math.ceil((to - from) / step));
    if (!Number.isFinite(count)) {
      throw new RangeError(`Cannot count from ${from} to ${to} in steps of ${step}, as the steps must come to an end`);
    }
    return Tensor.from(Float64Array.from({ length: count }, (_, i) => from + i * step));
  }

  /**
   * The identity matrix `[n, n]`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.eye(2).toArray(), [[1, 0], [0, 1]]);
   * ```
   */
  static eye(n: number): Tensor {
    checkArguments("make an identity matrix", arguments, { n: required(whole({ min: 0 })) });
    return Tensor.from(Float64Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0), { shape: [n, n] });
  }

  /**
   * One-hot vectors: a new last axis of `classes` elements, 1 at the index and 0 elsewhere; `[…] → […, classes]`.
   *
   * @throws {TypeError | RangeError} If an index is not an integer from 0 to `classes − 1`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.oneHot([2, 0], 3).toArray(), [[0, 0, 1], [1, 0, 0]]);
   * ```
   */
  static oneHot(indices: NestedNumbers | NumberArray, classes: number): Tensor {
    checkArguments("make one-hot vectors", arguments, { indices: required(anything), classes: required(size) });
    const { shape, numbers } = isNumberArray(indices)
      ? { shape: [indices.length], numbers: indices }
      : unnest("make one-hot vectors", indices, undefined, "an integer");
    const ones = new Float32Array(numbers.length * classes);
    numbers.forEach((index: number, i: number) => {
      check("make one-hot vectors", "an index", index, whole({ min: 0, max: classes - 1 }));
      ones[i * classes + index] = 1;
    });
    return Tensor.from(ones, { shape: [...shape, classes] });
  }

  /**
   * Standard normal deviates (mean 0, variance 1), drawn in row-major order.
   *
   * @example
   * ```ts
   * import { Random, Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.randn([2, 3], { random: new Random(1) }).shape, [2, 3]);
   * ```
   */
  static randn(shape: Shape, options: RandomTensorOptions): Tensor {
    checkArguments("draw a tensor", arguments, drawParameters);
    return draw(shape, options, (random) => random.normal());
  }

  /**
   * Uniform deviates from 0 (included) to 1 (excluded), drawn in row-major order.
   *
   * @example
   * ```ts
   * import { Random, Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = Tensor.rand([100], { random: new Random(1) });
   * assert.ok(x.data.every((u) => u >= 0 && u < 1));
   * ```
   */
  static rand(shape: Shape, options: RandomTensorOptions): Tensor {
    checkArguments("draw a tensor", arguments, drawParameters);
    const below1 = currentKernels().precision === "float64" ? 1 - 2 ** -53 : 1 - 2 ** -24; // what rounds to 1 is not drawn
    return draw(shape, options, (random) => Math.min(random.uniform(), below1));
  }

  /**
   * Tensors one after another along an axis, their other axes equal. Default: along the first axis.
   *
   * @throws {TypeError} If there are none, or their other axes differ.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.concat([Tensor.ones([1]), Tensor.zeros([2])]).toArray(), [1, 0, 0]);
   * ```
   */
  declare static concat: (tensors: readonly Tensor[], axis?: number) => Tensor;

  /**
   * Tensors of one shape along a new axis. Default: a new first axis.
   *
   * @throws {TypeError} If there are none, or their shapes differ.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.stack([Tensor.ones([2]), Tensor.zeros([2])]).shape, [2, 2]);
   * ```
   */
  declare static stack: (tensors: readonly Tensor[], axis?: number) => Tensor;

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
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(Tensor.from([[3]]).item(), 3);
   * ```
   */
  item(): number {
    if (this.size !== 1) {
      throw new TypeError(
        `Cannot read a tensor of shape ${showShape(this.shape)} as one number, as it has ${this.size} elements`,
      );
    }
    return this.data[0]!;
  }

  /**
   * The elements as nested arrays; a plain number for a tensor of rank 0.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.eye(2).toArray(), [[1, 0], [0, 1]]);
   * ```
   */
  toArray(): NestedNumbers {
    return nest(this.data, this.shape);
  }

  /**
   * The same numbers without their history: a constant to whatever is computed from it.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const w = Tensor.ones([2], { requiresGrad: true });
   * assert.equal(w.mul(2).detach().requiresGrad, false);
   * ```
   */
  detach(): Tensor {
    return new Tensor(this.kernels, this.view);
  }

  /**
   * A constant of this tensor's shape, on its device, of which every element is `value`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.from([1, 2]).like(7).toArray(), [7, 7]);
   * ```
   */
  like(value: number): Tensor {
    return new Tensor(this.kernels, contiguous(this.kernels.full(this.size, value), this.shape));
  }

  /**
   * Keeps the gradient of this tensor, which is no leaf, in `grad` as well; returns the tensor.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const w = Tensor.ones([2], { requiresGrad: true });
   * const h = w.mul(3).retainGrad();
   * h.sum().backward();
   * assert.deepEqual(h.grad?.toArray(), [1, 1]);
   * ```
   */
  retainGrad(): this {
    this.requiresGrad = true;
    this.keepsGrad = true;
    return this;
  }

  /**
   * Gives a leaf new numbers, as an optimizer does; tensors computed from the old ones keep theirs.
   *
   * @throws {TypeError} If this tensor is no leaf, or the shapes differ; nothing is changed then.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const w = Tensor.zeros([2]);
   * w.assign([1, 2]);
   * assert.deepEqual(w.toArray(), [1, 2]);
   * ```
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
    this.#view = contiguous(here, this.shape);
  }

  /** The tensor as a console prints it: its shape, then its elements, the middle left out where there are many. */
  toString(): string {
    return text(this);
  }

  /** The same for a Deno console. */
  [Symbol.for("Deno.customInspect")](): string {
    return text(this);
  }

  /** The tensor as a notebook shows it: a table under its shape. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": text(this), "text/html": htmlTable(this) };
  }
}

/** A tensor of random numbers. */
function draw(shape: Shape, options: RandomTensorOptions, deviate: (random: Random) => number): Tensor {
  checkShape("draw a tensor", shape);
  const { random, requiresGrad } = options;
  const numbers = Float64Array.from({ length: sizeOf(shape) }, () => deviate(random));
  return Tensor.from(numbers, { shape, requiresGrad: requiresGrad ?? false });
}

// The rules of what is given; shapes are looked at by `checkShape`.
const tensorOptions = optionsOf<TensorOptions>({ requiresGrad: flag });
const shapeParameters = { shape: anything, options: tensorOptions };
const fullParameters = { shape: anything, value: required(number), options: tensorOptions };
const fromParameters = {
  values: anything,
  options: optionsOf<FromOptions>({ requiresGrad: flag, shape: anything }),
};
const drawParameters = {
  shape: anything,
  options: optionsOf<RandomTensorOptions>({
    requiresGrad: flag,
    random: required(instance(Random, "new Random(1)")),
  }),
};

const constructorParameters = {
  kernels: required(that("the kernels of a device", isKernels)),
  view: required(that("a view, as contiguous(storage, shape) makes one", isView)),
  origin: that("the operation that made it, or true or false", (value) => {
    return typeof value === "boolean" || (typeof value === "object" && value !== null && "operation" in value);
  }),
};

function isKernels(value: unknown): boolean {
  return typeof value === "object" && value !== null && "device" in value;
}
