import type { Tensor } from "../../autograd/tensor.ts";
import { check, checkArguments, required, that } from "../../checks/mod.ts";
import { Module } from "../module.ts";
import { input } from "../rules.ts";

/** One step of a `Sequential`: a layer, or a plain function. */
export type SequentialStep = (Module & { forward(x: Tensor): Tensor }) | ((x: Tensor) => Tensor);

const step = required(that<SequentialStep>(
  "a layer or a function, such as (x) => x.relu()",
  (value) => value instanceof Module || (typeof value === "function" && !(value.prototype instanceof Module)),
));
const running = { x: input };

/**
 * Layers and functions applied one after another: each gets the result of the one before.
 *
 * Parameters are named by the index of their layer, as in PyTorch: `0.weight`, `0.bias`, `2.weight` …
 *
 * @example
 * ```ts
 * import { nn, Random, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const random = new Random(1);
 * const mlp = new nn.Sequential(
 *   new nn.Linear(3, 8, { random }),
 *   (x) => x.relu(),
 *   new nn.Linear(8, 2, { random }),
 * );
 * assert.deepEqual(mlp.forward(Tensor.ones([4, 3])).shape, [4, 2]);
 * assert.deepEqual(Object.keys(mlp.stateDict()), ["0.weight", "0.bias", "2.weight", "2.bias"]);
 * ```
 */
export class Sequential extends Module {
  /** The steps by index. */
  readonly [place: number]: SequentialStep;
  /** The number of steps. */
  readonly length: number;

  /**
   * Makes a chain of modules and functions.
   *
   * @throws {TypeError} If a step is neither a layer nor a function.
   */
  constructor(...steps: readonly SequentialStep[]) {
    super();
    steps.forEach((value, i) => check("make a Sequential", `step ${i}`, value, step));
    this.length = steps.length;
    Object.assign(this, steps); // as fields 0, 1, …, which name the parameters
  }

  /** Applies the steps in order; without steps, returns its input. */
  override forward(x: Tensor): Tensor {
    checkArguments("apply a Sequential", arguments, running);
    for (let i = 0; i < this.length; i++) {
      const step = this[i]!; // one of the constructor's steps
      x = step instanceof Module ? step.forward(x) : step(x);
      check("apply a Sequential", `what step ${i} returns`, x, input);
    }
    return x;
  }
}
