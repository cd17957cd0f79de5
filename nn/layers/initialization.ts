/** Parameters and their first values. */

import { Random } from "../../autograd/random.ts";
import type { Shape } from "../../autograd/shape.ts";
import { Tensor } from "../../autograd/mod.ts";

let drawing = true;

/** Makes a module that will be given its numbers from elsewhere: all random parameters are 0, and nothing is drawn. */
export function withoutDrawing<M>(make: (random: Random) => M): M {
  drawing = false;
  try {
    return make(new Random(0));
  } finally {
    drawing = true;
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
  return Tensor.full(shape, value, { requiresGrad: true });
}

/** A tensor's numbers as a parameter: a leaf that requires a gradient. */
function parameter(values: Tensor): Tensor {
  const leaf = values.detach();
  leaf.requiresGrad = true;
  return leaf;
}
