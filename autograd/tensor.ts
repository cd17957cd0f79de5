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
    Object.freeze(view.shape); // it is handed out: who changes it would change the tensor
    this.#view = view;
    this.origin = typeof origin === "object" ? origin : undefined;
    this.#requiresGrad = origin !== false;
    this.keepsGrad = origin === true;
  }

  // How tensors are made is declared in `ops/creation.ts`; `mod.ts` puts it on the class.
  /** A tensor of the given numbers: one, nested arrays, or a typed array in row-major order. */
  declare static readonly from: CreationMethods["from"];
  /** A tensor of which every element is `value`. */
  declare static readonly full: CreationMethods["full"];
  /** A tensor of zeros. */
  declare static readonly zeros: CreationMethods["zeros"];
  /** A tensor of ones. */
  declare static readonly ones: CreationMethods["ones"];
  /** The numbers `start`, `start + step`, … short of `stop`; `arange(n)` counts from 0. */
  declare static readonly arange: CreationMethods["arange"];
  /** The identity matrix `[n, n]`. */
  declare static readonly eye: CreationMethods["eye"];
  /** One-hot vectors: a new last axis of `classes` elements, 1 at the index and 0 elsewhere; `[…] → […, classes]`. */
  declare static readonly oneHot: CreationMethods["oneHot"];
  /** Standard normal deviates (mean 0, variance 1), drawn in row-major order. */
  declare static readonly randn: CreationMethods["randn"];
  /** Uniform deviates from 0 (included) to 1 (excluded), drawn in row-major order. */
  declare static readonly rand: CreationMethods["rand"];
  /** Tensors one after another along an axis, their other axes equal. Default: along the first axis. */
  declare static readonly concat: CreationMethods["concat"];
  /** Tensors of one shape along a new axis. Default: a new first axis. */
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
