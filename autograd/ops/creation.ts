/** Making tensors: from given numbers, by a rule, at random, and from other tensors. */

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
  whole,
} from "../../checks/mod.ts";
import { currentKernels } from "../../kernels/device.ts";
import { contiguous } from "../../kernels/view.ts";
import { isNumberArray, type NestedNumbers, type NumberArray, unnest } from "../nested.ts";
import { Random } from "../random.ts";
import { checkShape, checkSize, type Shape, showShape, sizeOf } from "../shape.ts";
import { Tensor, type TensorOptions } from "../tensor.ts";
import { concat, stack } from "./slicing.ts";

/** The options of a tensor made from given numbers. */
export interface FromOptions extends TensorOptions {
  /** The shape. Default: that of the nested arrays, or `[length]` of a typed array. */
  shape?: Shape;
}

/** The options of a random tensor. */
export interface RandomTensorOptions extends TensorOptions {
  /** The source of the random numbers. */
  random: Random;
}

/** The static methods of `Tensor`. */
export interface CreationMethods {
  /**
   * A tensor of the given numbers: a single number, nested arrays, or a typed array in row-major order.
   *
   * @throws {TypeError} If an element is not a number, the arrays are ragged, or `shape` does not fit.
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
  from(values: NestedNumbers | NumberArray, options?: FromOptions): Tensor;
  /**
   * A tensor filled with `value`.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Tensor.full([2], 7).toArray(), [7, 7]);
   * ```
   */
  full(shape: Shape, value: number, options?: TensorOptions): Tensor;
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
  zeros(shape: Shape, options?: TensorOptions): Tensor;
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
  ones(shape: Shape, options?: TensorOptions): Tensor;
  /**
   * The numbers `start`, `start + step`, … up to but not including `stop`; `arange(n)` counts from 0.
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
  arange(start: number, stop?: number, step?: number): Tensor;
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
  eye(n: number): Tensor;
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
  oneHot(indices: NestedNumbers | NumberArray, classes: number): Tensor;
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
  randn(shape: Shape, options: RandomTensorOptions): Tensor;
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
  rand(shape: Shape, options: RandomTensorOptions): Tensor;
  /**
   * Concatenates tensors along an axis; their other axes must be equal. Default: the first axis.
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
  concat(tensors: readonly Tensor[], axis?: number): Tensor;
  /**
   * Stacks tensors of one shape along a new axis. Default: a new first axis.
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
  stack(tensors: readonly Tensor[], axis?: number): Tensor;
}

/** A tensor of the given numbers: a single number, nested arrays, or a typed array in row-major order. */
function from(values: NestedNumbers | NumberArray, options: FromOptions = {}): Tensor {
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

/** A tensor filled with `value`. */
function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  checkArguments("fill a tensor", arguments, fullParameters);
  checkShape("make a tensor", shape);
  const kernels = currentKernels();
  const view = contiguous(kernels.full(sizeOf(shape), value), [...shape]);
  return new Tensor(kernels, view, options.requiresGrad ?? false);
}

/** A tensor of zeros. */
function zeros(shape: Shape, options?: TensorOptions): Tensor {
  checkArguments("make zeros", arguments, shapeParameters);
  return full(shape, 0, options);
}

/** A tensor of ones. */
function ones(shape: Shape, options?: TensorOptions): Tensor {
  checkArguments("make ones", arguments, shapeParameters);
  return full(shape, 1, options);
}

/** The numbers `start`, `start + step`, … up to but not including `stop`; `arange(n)` counts from 0. */
function arange(start: number, stop?: number, step = 1): Tensor {
  checkArguments("count", arguments, { start: required(number), stop: number, step: number });
  const [first, end] = stop === undefined ? [0, start] : [start, stop];
  const count = Math.max(0, Math.ceil((end - first) / step));
  if (!Number.isFinite(count)) {
    throw new RangeError(`Cannot count from ${first} to ${end} in steps of ${step}, as the steps must come to an end`);
  }
  checkSize("count", count);
  return from(Float64Array.from({ length: count }, (_, i) => first + i * step));
}

/** The identity matrix `[n, n]`. */
function eye(n: number): Tensor {
  checkArguments("make an identity matrix", arguments, { n: required(whole({ min: 0 })) });
  checkSize("make an identity matrix", n * n);
  return from(Float64Array.from({ length: n * n }, (_, i) => i % (n + 1) === 0 ? 1 : 0), { shape: [n, n] });
}

/** One-hot vectors: a new last axis of `classes` elements, 1 at the index and 0 elsewhere; `[…] → […, classes]`. */
function oneHot(indices: NestedNumbers | NumberArray, classes: number): Tensor {
  checkArguments("make one-hot vectors", arguments, { indices: required(anything), classes: required(size) });
  const { shape, numbers } = isNumberArray(indices)
    ? { shape: [indices.length], numbers: indices }
    : unnest("make one-hot vectors", indices, undefined, "an integer");
  const ones = new Float32Array(numbers.length * classes);
  numbers.forEach((index: number, i: number) => {
    check("make one-hot vectors", "an index", index, whole({ min: 0, max: classes - 1 }));
    ones[i * classes + index] = 1;
  });
  return from(ones, { shape: [...shape, classes] });
}

/** Standard normal deviates (mean 0, variance 1), drawn in row-major order. */
function randn(shape: Shape, options: RandomTensorOptions): Tensor {
  checkArguments("draw a tensor", arguments, drawParameters);
  return draw(shape, options, (random) => random.normal());
}

/** Uniform deviates from 0 (included) to 1 (excluded), drawn in row-major order. */
function rand(shape: Shape, options: RandomTensorOptions): Tensor {
  checkArguments("draw a tensor", arguments, drawParameters);
  const below1 = currentKernels().precision === "float64" ? 1 - 2 ** -53 : 1 - 2 ** -24; // less than 1 even when rounded
  return draw(shape, options, (random) => Math.min(random.uniform(), below1));
}

/** A tensor of random numbers. */
function draw(shape: Shape, options: RandomTensorOptions, deviate: (random: Random) => number): Tensor {
  checkShape("draw a tensor", shape);
  const { random, requiresGrad } = options;
  const numbers = Float64Array.from({ length: sizeOf(shape) }, () => deviate(random));
  return from(numbers, { shape, requiresGrad: requiresGrad ?? false });
}

// The rules for the arguments; `checkShape` checks shapes.
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

/** What `mod.ts` adds to `Tensor`. */
export const creationMethods: CreationMethods = {
  from,
  full,
  zeros,
  ones,
  arange,
  eye,
  oneHot,
  randn,
  rand,
  concat,
  stack,
};
