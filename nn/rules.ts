/** Rules of this folder for `checks/`: tensors, random number generators, masks and widths. */

import { Random } from "../autograd/random.ts";
import { showShape } from "../autograd/shape.ts";
import { Tensor } from "../autograd/mod.ts";
import { instance, isList, real, required, type Rule, that, whole } from "../checks/mod.ts";

/** A tensor. */
export const tensor: Rule<Tensor> = instance(Tensor);

/** A tensor that must be given. */
export const input: Rule<Tensor> = required(tensor);

/** A source of random numbers that must be given. */
export const chance: Rule<Random> = required(instance(Random, "new Random(1)"));

/** A list or typed array, or a tensor: its contents are checked when read. */
export const mask: Rule<unknown> = that(
  "a mask: a tensor or nested arrays of true and false, or 1 and 0",
  (value) => value instanceof Tensor || isList(value),
);

/** Token numbers, in a list of any depth: its contents are checked when read. */
export const tokenLists: Rule<unknown> = that("token numbers, in nested arrays", isList);

/** Classes: a number, or lists of numbers of any depth. */
export const targetLists: Rule<unknown> = that(
  "classes: a number or nested arrays of them",
  (value) => typeof value === "number" || isList(value),
);

/** A small number that prevents division by zero. */
export const epsilon: Rule<number> = real({ min: 0 });

/** A count, which may be 0. */
export const count: Rule<number> = whole({ min: 0 });

/** A token: a whole number of 32 bits. */
export const token: Rule<number> = whole({ min: 0, max: 2 ** 31 - 1 });

/**
 * Checks the last axis of a layer's input.
 *
 * @param layer What the layer is, as it follows "apply" in an error: `a Linear of 3 inputs`.
 * @throws {TypeError} If the size of the last axis is not `width`.
 */
export function checkWidth(layer: string, x: Tensor, width: number): void {
  if (x.rank > 0 && x.shape.at(-1) === width) return;
  throw new TypeError(
    `Cannot apply ${layer} to a tensor of shape ${showShape(x.shape)}, as its last axis must have size ${width}`,
  );
}
