import { isNumberArray, type NestedNumbers, type NumberArray } from "../autograd/nested.ts";
import { Tensor } from "../autograd/mod.ts";
import { checkArguments, isList, required, that } from "../checks/mod.ts";

/** Tensors declared as parameters, or recognised as such; freezing one does not remove it. */
const declared = new WeakSet<Tensor>();

const rules = {
  values: required(that(
    "numbers: a tensor, a number or nested arrays",
    (value) => typeof value === "number" || value instanceof Tensor || isList(value),
  )),
};

/**
 * Declares a parameter of a module: a leaf that requires a gradient, with the given numbers.
 *
 * The numbers of a tensor are copied on its device, without their history. A parameter stays one when it is frozen
 * (`parameter.requiresGrad = false`): it is still saved and loaded, but no longer trained.
 *
 * @throws {TypeError} If the values are not numbers.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * class Scale extends nn.Module {
 *   readonly gain = nn.parameter([1, 1]); // trained and saved
 *   readonly unit = Tensor.from([10, 1000]); // a constant: neither
 *   forward(x: Tensor): Tensor { // [B, 2]
 *     return x.mul(this.gain).mul(this.unit);
 *   }
 * }
 * assert.deepEqual(Object.keys(new Scale().stateDict()), ["gain"]);
 * ```
 */
export function parameter(values: Tensor | NestedNumbers | NumberArray): Tensor {
  checkArguments("declare a parameter", arguments, rules);
  const leaf = values instanceof Tensor
    ? values.detach()
    : Tensor.from(values, isNumberArray(values) ? { shape: [values.length] } : {});
  leaf.requiresGrad = true;
  declared.add(leaf);
  return leaf;
}

/** Whether a value is a parameter: a leaf that requires a gradient, or did when it was declared. */
export function isParameter(value: unknown): value is Tensor {
  if (!(value instanceof Tensor) || value.origin !== undefined) return false;
  if (value.requiresGrad) declared.add(value);
  return declared.has(value);
}
