/** Derivatives of functions: `grad(f)` is the function that computes the gradient of `f`. */

import { callable, check, checkArguments, instance, listOf, required, show } from "../checks/mod.ts";
import { backpropagate, differentiable } from "./backward.ts";
import { isRecording, withRecording } from "./recording.ts";
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
 * @returns A function of the same tensors that returns one gradient for one tensor, an array of them for several.
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
  checkArguments("take a gradient", arguments, functionParameters);
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
  checkArguments("take a gradient", arguments, functionParameters);
  return (...inputs) => {
    check("take a gradient", "the inputs", inputs, tensors);
    // `f` gets as many tensors as were given; the type of a list does not carry its length.
    const { value, gradients } = pullback((xs) => f(...xs as unknown as Inputs), inputs, (value) => {
      if (value instanceof Tensor && value.size === 1) return value.like(1);
      const given = value instanceof Tensor ? `a tensor of shape ${showShape(value.shape)}` : show(value);
      throw new TypeError(`Cannot take the gradient of a function, as it must return one number: ${given}`);
    });
    // One gradient per input, as the return type says; again, the type of a list does not carry its length.
    return [value, (gradients.length === 1 ? gradients[0] : gradients) as GradientsOf<Inputs>];
  };
}

const functionParameters = { f: required(callable) };
const tensors = listOf(instance(Tensor), "tensors");

/**
 * A function's value, and `∂(seed · value)/∂x` for each of its inputs `x`.
 *
 * Both carry a graph if they depend on another tensor that requires a gradient, so that they can be differentiated with
 * respect to it.
 */
export function pullback(
  f: (inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  seed: (value: Tensor) => Tensor,
): { value: Tensor; gradients: Tensor[] } {
  const variables = inputs.map(variable);
  const value = withRecording(true, () => f(variables));
  const direction = seed(value);
  const order = differentiable(value);
  const nested = isRecording() && (direction.requiresGrad || dependsOnOthers(order, variables));
  const arrived = new Map<Tensor, Tensor>();
  const wanted = new Set(variables);
  backpropagate(order, direction, nested, (node, gradient) => {
    if (wanted.has(node)) arrived.set(node, gradient);
  });
  return {
    value: nested ? value : value.detach(),
    gradients: variables.map((x) => arrived.get(x) ?? x.like(0)),
  };
}

/** A copy of `x` to differentiate with respect to: `f` sees the copy, and an outer derivative sees `x`. */
function variable(x: Tensor): Tensor {
  const origin = x.requiresGrad &&
    { operation: "variable", parents: [x], views: [x.view], backward: (grad: Tensor) => [grad] };
  return new Tensor(x.kernels, x.view, origin || true);
}

/** Whether a result depends on another leaf that requires a gradient. */
function dependsOnOthers(order: readonly Tensor[], variables: readonly Tensor[]): boolean {
  return order.some((node) => node.origin === undefined && !variables.includes(node));
}
