/** Parameters and their initial values. */

import { Random } from "../../autograd/random.ts";
import type { Shape } from "../../autograd/shape.ts";
import { Tensor } from "../../autograd/mod.ts";
import { callable, checkArguments, required } from "../../checks/mod.ts";
import { parameter } from "../parameter.ts";

let drawing = true;

const rules = { make: required(callable) };

/**
 * Makes a module without drawing its weights: all random parameters are 0, to be loaded from a file or copied.
 *
 * Drawing normal deviates takes most of the time of making a large model.
 *
 * @param make Makes the module; it gets a random number generator for the constructors.
 * @throws {TypeError} If `make` is asynchronous.
 *
 * @example
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const trained = new nn.Linear(3, 2, { random: new Random(1) });
 * const copy = nn.withoutDrawing((random) => new nn.Linear(3, 2, { random }));
 * assert.deepEqual(copy.bias?.toArray(), [0, 0]);
 * copy.loadStateDict(trained.stateDict());
 * assert.deepEqual(copy.weight.toArray(), trained.weight.toArray());
 * ```
 */
export function withoutDrawing<M>(make: (random: Random) => M): M {
  checkArguments("make a module without drawing", arguments, rules);
  const before = drawing;
  drawing = false;
  try {
    const made = make(new Random(0));
    if (made instanceof Promise) {
      throw new TypeError("Cannot make a module without drawing in an asynchronous function: load its weights after");
    }
    return made;
  } finally {
    drawing = before;
  }
}

/** A parameter of uniform deviates between `−bound` and `bound`. */
export function uniform(shape: Shape, bound: number, random: Random): Tensor {
  if (!drawing) return constant(shape, 0);
  return parameter(Tensor.rand(shape, { random }).mul(2 * bound).sub(bound));
}

/** A parameter of normal deviates of mean 0. */
export function normal(shape: Shape, deviation: number, random: Random): Tensor {
  if (!drawing) return constant(shape, 0);
  return parameter(Tensor.randn(shape, { random }).mul(deviation));
}

/** A parameter of equal values. */
export function constant(shape: Shape, value: number): Tensor {
  return parameter(Tensor.full(shape, value));
}
