/** The saved state of an optimizer, and its checks. */

import { Tensor } from "../../autograd/mod.ts";
import { sameShape, type Shape, showShape } from "../../autograd/shape.ts";
import { show, that } from "../../checks/mod.ts";
import type { StateDict } from "../state_dict.ts";

/** Everything that later steps depend on besides the parameters, their gradients and the fixed settings. */
export interface OptimizerState {
  /** The tensors in the memories, by parameter number and name: `0.mean`. */
  readonly tensors: StateDict;
  /**
   * The learning rate, `lr`, each group's, `0.lr`, and each parameter's count of steps, `0.step`: not rounded by any
   * device.
   */
  readonly numbers: Readonly<Record<string, number>>;
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The rule of an optimizer's state. */
export const stateRule = that<OptimizerState>("a state of an optimizer, { tensors, numbers }", (value) => {
  return isObject(value) && isObject((value as OptimizerState).tensors) &&
    isObject((value as OptimizerState).numbers); // an object, of whatever fields
});

/** The problems with a number in a state. */
export function wrongNumber(name: string, x: unknown): string[] {
  const isStep = name.endsWith(".step");
  if (typeof x === "number" && x >= 0 && (isStep ? Number.isSafeInteger(x) : Number.isFinite(x))) return [];
  return [`${name}: ${show(x)} where it must be ${isStep ? "a whole" : "a finite"} number, at least 0`];
}

/** The problems with a tensor in a state; an unexpected one may have any shape. */
export function wrongTensor(name: string, tensor: unknown, shape: Shape | undefined): string[] {
  if (!(tensor instanceof Tensor)) return [`${name}: ${show(tensor)} where it must be a Tensor`];
  if (shape === undefined || sameShape(tensor.shape, shape)) return [];
  return [`${name}: shape ${showShape(tensor.shape)} where it must be ${showShape(shape)}`];
}
