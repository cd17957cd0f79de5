/** Derivatives of functions: `grad(f)` is the function that computes the gradient of `f`. */

import { backpropagate, differentiable } from "./backward.ts";
import { withRecording } from "./record.ts";
import { showShape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/** A single gradient for a function of one tensor, a list of them for a function of several. */
export type GradientsOf<Inputs extends readonly Tensor[]> = Inputs extends readonly [Tensor] ? Tensor
  : { -readonly [K in keyof Inputs]: Tensor };

/**
 * The gradient of a function of tensors to a single number: `grad(f)(x) = ∂f(x)/∂x`.
 *
 * It nests: `grad((x) => grad(f)(x).sum())` differentiates twice. No tensor's `grad` is touched.
 *
 * @param f A function of one or more tensors; its result has one element.
 * @returns A function of the same tensors: to one gradient for one tensor, to an array of them for several.
 * @throws {TypeError} When called, if `f` returns anything but a tensor of one element.
 *
 * @example
 * ```ts
 * import { grad, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const cube = (x: Tensor) => x.pow(3);
 * assert.equal(grad(cube)(Tensor.from(2)).item(), 12); // 3x²
 * assert.equal(grad(grad(cube))(Tensor.from(2)).item(), 12); // 6x
 * ```
 */
export function grad<Inputs extends readonly Tensor[]>(
  f: (...inputs: Inputs) => Tensor,
): (...inputs: Inputs) => GradientsOf<Inputs> {
  const both = valueAndGrad(f);
  return (...inputs) => both(...inputs)[1];
}

/**
 * The value of a function of tensors together with its gradient, computed once: `[f(x), ∂f(x)/∂x]`.
 *
 * @throws {TypeError} When called, if `f` returns anything but a tensor of one element.
 *
 * @example
 * ```ts
 * import { Tensor, valueAndGrad } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const [value, [byX, byY]] = valueAndGrad((x: Tensor, y: Tensor) => x.mul(y))(Tensor.from(2), Tensor.from(5));
 * assert.deepEqual([value.item(), byX.item(), byY.item()], [10, 5, 2]);
 * ```
 */
export function valueAndGrad<Inputs extends readonly Tensor[]>(
  f: (...inputs: Inputs) => Tensor,
): (...inputs: Inputs) => [value: Tensor, gradients: GradientsOf<Inputs>] {
  return (...inputs) => {
    const variables = inputs.map(variable);
    // `variables` are as many as `inputs`, tensors all: the type of a mapped tuple does not say so.
    const value = withRecording(true, () => f(...variables as unknown as Inputs));
    if (!(value instanceof Tensor) || value.size !== 1) {
      const given = value instanceof Tensor ? `a tensor of shape ${showShape(value.shape)}` : String(value);
      throw new TypeError(`Cannot take the gradient of a function, as it must return one number: ${given}`);
    }
    const order = value.requiresGrad ? differentiable(value) : [];
    const arrived = new Map<Tensor, Tensor>();
    if (order.length > 0) {
      backpropagate(order, value.like(1), dependsOnOthers(order, variables), (node, gradient) => {
        arrived.set(node, gradient);
      });
    }
    const gradients = variables.map((x) => arrived.get(x) ?? x.like(0));
    const outer = dependsOnOthers(order, variables) ? value : value.detach();
    // One gradient an input, as the return type says: again what a mapped tuple's type loses.
    return [outer, (gradients.length === 1 ? gradients[0] : gradients) as GradientsOf<Inputs>];
  };
}

/** A tensor of the same value to differentiate by: `f` sees it in place of `x`, and an outer derivative sees `x`. */
function variable(x: Tensor): Tensor {
  return new Tensor(
    x.kernels,
    x.view,
    x.requiresGrad ? { operation: "variable", parents: [x], backward: (g) => [g] } : true,
  );
}

/** Whether a result depends on a leaf that requires a gradient for somebody else: then gradients are recorded too. */
function dependsOnOthers(order: readonly Tensor[], variables: readonly Tensor[]): boolean {
  return order.some((node) => node.origin === undefined && !variables.includes(node));
}
