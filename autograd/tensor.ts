import { checkArguments, required, show, that } from "../checks/mod.ts";
import type { HostArray, Kernels, View } from "../kernels/kernels.ts";
import { contiguous, isRowMajor, isView } from "../kernels/view.ts";
import type { BackwardMethods } from "./backward.ts";
import { isNumberArray, nest, type NestedNumbers, type NumberArray } from "./nested.ts";
import type { ActivationMethods } from "./ops/activations.ts";
import type { ArithmeticMethods } from "./ops/arithmetic.ts";
import type { BroadcastMethods } from "./ops/broadcast.ts";
import type { CreationMethods } from "./ops/creation.ts";
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
import type { Origin } from "./record.ts";
import { sameShape, type Shape, showShape, sizeOf } from "./shape.ts";

/** The options of a new tensor. */
export interface TensorOptions {
  /** Collect gradients in `grad`. Default: false. */
  requiresGrad?: boolean;
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
 * An n-dimensional array of numbers that remembers how it was computed.
 *
 * It is `Value` for arrays: every operation makes a new tensor that knows its operands and how a gradient flows back to
 * them. The numbers of a tensor never change; only `assign` replaces those of a leaf.
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
  /** The sum of the gradients of all `backward()` calls; `null` before the first, and for tensors that have none. */
  grad: Tensor | null = null;
  /** Whether `backward()` keeps this tensor's gradient in `grad`: only for leaves, unless `retainGrad` was called. */
  keepsGrad: boolean;
  /** The operation that made it; `undefined` for a leaf, which was given, or computed without recording. */
  readonly origin: Origin | undefined;
  #view: View;
  #requiresGrad: boolean;

  /**
   * For operations; elsewhere, call `Tensor.from`, `Tensor.zeros` and so on.
   *
   * @param origin The operation that made it, or whether a leaf requires a gradient.
   */
  constructor(readonly kernels: Kernels, view: View, origin: Origin | boolean = false) {
    const isOrigin = typeof origin === "boolean" || typeof origin?.operation === "string";
    if (arguments.length > 3 || !isKernels(kernels) || !isView(view) || !isOrigin) {
      checkArguments("make a tensor", arguments, constructorParameters);
    }
    Object.freeze(view.shape); // it is handed out: who changes it would change the tensor
    this.#view = view;
    this.origin = typeof origin === "object" ? origin : undefined;
    this.#requiresGrad = origin !== false;
    this.keepsGrad = origin === true;
  }

  // These are defined in `ops/creation.ts`; `mod.ts` adds them to the class.
  /** A tensor of the given numbers: a single number, nested arrays, or a typed array in row-major order. */
  declare static readonly from: CreationMethods["from"];
  /** A tensor filled with `value`. */
  declare static readonly full: CreationMethods["full"];
  /** A tensor of zeros. */
  declare static readonly zeros: CreationMethods["zeros"];
  /** A tensor of ones. */
  declare static readonly ones: CreationMethods["ones"];
  /** The numbers `start`, `start + step`, … up to but not including `stop`; `arange(n)` counts from 0. */
  declare static readonly arange: CreationMethods["arange"];
  /** The identity matrix `[n, n]`. */
  declare static readonly eye: CreationMethods["eye"];
  /** One-hot vectors: a new last axis of `classes` elements, 1 at the index and 0 elsewhere; `[…] → […, classes]`. */
  declare static readonly oneHot: CreationMethods["oneHot"];
  /** Standard normal deviates (mean 0, variance 1), drawn in row-major order. */
  declare static readonly randn: CreationMethods["randn"];
  /** Uniform deviates from 0 (included) to 1 (excluded), drawn in row-major order. */
  declare static readonly rand: CreationMethods["rand"];
  /** Concatenates tensors along an axis; their other axes must be equal. Default: the first axis. */
  declare static readonly concat: CreationMethods["concat"];
  /** Stacks tensors of one shape along a new axis. Default: a new first axis. */
  declare static readonly stack: CreationMethods["stack"];

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

  /** Where the numbers are. For operations. */
  get view(): View {
    return this.#view;
  }

  /** The operands that it was computed from; none for a leaf. */
  get parents(): readonly Tensor[] {
    return this.origin?.parents ?? [];
  }

  /** Whether `backward()` computes a gradient for it: set on leaves, inherited by what is computed from them. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  set requiresGrad(wanted: boolean) {
    if (typeof wanted !== "boolean") {
      throw new TypeError(`Cannot set requiresGrad, as it must be true or false: ${show(wanted)}`);
    }
    if (this.origin !== undefined && !wanted) {
      throw new TypeError(`Cannot stop the gradient of a result of "${this.origin.operation}": use detach() instead`);
    }
    this.#requiresGrad = wanted;
    this.keepsGrad = wanted && (this.keepsGrad || this.origin === undefined);
  }

  /**
   * A copy of the elements in row-major order; writing to it changes no tensor. Keep it in a variable to read it in a
   * loop, as each access copies.
   */
  get data(): HostArray {
    const whole = isRowMajor(this.view) && this.view.storage.length === this.size;
    return this.kernels.read(whole ? this.view.storage : this.kernels.copy(this.view));
  }

  /**
   * The value of a tensor with one element.
   *
   * @throws {TypeError} If it does not have exactly one element.
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
   * The same numbers without their history: a constant in whatever is computed from them.
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
   * A constant of this tensor's shape, on its device, filled with `value`.
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
   * Makes `backward()` keep the gradient of this tensor in `grad` even if it is not a leaf; returns the tensor.
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
   * @throws {TypeError} If this tensor is not a leaf, or the shapes differ; nothing is changed then.
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
    // The numbers of a storage never change, so two tensors may share it; a view of only a part is copied.
    const whole = isRowMajor(view) && view.storage.length === this.size;
    const here = kernels !== this.kernels ? this.kernels.write(given.data) : whole ? view.storage : kernels.copy(view);
    this.#view = contiguous(here, this.shape);
  }

  /** The tensor as a console prints it: its shape, then its elements, with the middle left out if there are many. */
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
