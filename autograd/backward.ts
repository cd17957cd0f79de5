/** Reverse-mode differentiation: the chain rule, applied from a result back to its inputs. */

import { flag, instance, optionsOf } from "../checks/mod.ts";
import { topologicalOrder } from "./graph.ts";
import { method, type Methods } from "./methods.ts";
import { sameDevice } from "./operands.ts";
import { add } from "./ops/arithmetic.ts";
import type { Gradient, Origin } from "./record.ts";
import { withRecording } from "./recording.ts";
import { sameShape, showShape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/**
 * `∂(seed · root)/∂leaf` for every leaf that requires a gradient.
 *
 * A node's gradient is complete once every node that uses it has passed on its own: `∂L/∂parent = Σ over its uses of
 * (∂L/∂use) · (∂use/∂parent)`. So nodes are visited in reverse topological order, and gradients are accumulated. Each
 * sum is a new tensor; no gradient is modified in place.
 *
 * @param createGraph Record this computation too, so that the gradients can themselves be differentiated.
 * @param visit Called with every node's complete gradient, leaf or not.
 */
export function backpropagate(
  order: readonly Tensor[],
  seed: Tensor,
  createGraph: boolean,
  visit: (node: Tensor, gradient: Tensor) => void,
): void {
  const pending = new Map<Tensor, Tensor>(order.slice(-1).map((root) => [root, seed])); // none without a gradient
  withRecording(createGraph, () => {
    for (let i = order.length - 1; i >= 0; i--) {
      const node = order[i]!;
      const gradient = pending.get(node);
      if (gradient === undefined) continue;
      pending.delete(node); // complete: not needed once it has been passed on
      visit(node, gradient);
      if (node.origin === undefined) continue;
      const gradients = usable(node.origin)(gradient, node);
      node.origin.parents.forEach((parent, p) => {
        if (!parent.requiresGrad) return;
        const part = evaluate(gradients[p]!, parent, node.origin!);
        const sum = pending.get(parent);
        pending.set(parent, sum === undefined ? part : add(sum, part));
      });
    }
  });
}

/** The nodes between a root and its leaves that require a gradient, parents first. */
export function differentiable(root: Tensor): Tensor[] {
  return topologicalOrder<Tensor>(root).filter((node) => node.requiresGrad);
}

/** The options of `backward`. */
export interface BackwardOptions {
  /** `∂L/∂this`, of this tensor's shape. Default: 1 for a single number. */
  seed?: Tensor;
  /** Record the computation of the gradients, so that they can be differentiated; this keeps the graph. Default: false. */
  createGraph?: boolean;
  /** Keep the graph for another `backward`. Default: the value of `createGraph`. */
  retainGraph?: boolean;
}

/** The backward pass as a method of `Tensor`. */
export interface BackwardMethods {
  /**
   * Adds `∂this/∂leaf` to `leaf.grad` of every leaf that requires a gradient, then frees the graph.
   *
   * @throws {TypeError} If nothing requires a gradient, or this tensor is not a single number and no `seed` is given.
   * @throws {Error} If an earlier call freed a part of the graph.
   *
   * @example
   * ```ts
   * import { Tensor } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = Tensor.from([1, 2], { requiresGrad: true });
   * x.pow(2).sum().backward();
   * assert.deepEqual(x.grad?.toArray(), [2, 4]); // 2x
   * ```
   */
  backward(options?: BackwardOptions): void;
}

/** The function behind `Tensor.backward`. */
export function backward(root: Tensor, options: BackwardOptions = {}): void {
  const { createGraph = false, retainGraph = createGraph } = options;
  if (!root.requiresGrad) {
    throw new TypeError(
      "Cannot call backward, as no tensor that this one was computed from requires a gradient: " +
        "make one with { requiresGrad: true }",
    );
  }
  const seed = options.seed ?? defaultSeed(root);
  if (!sameShape(seed.shape, root.shape)) {
    throw new TypeError(
      `Cannot call backward, as the seed must have the tensor's shape: ` +
        `${showShape(seed.shape)} and ${showShape(root.shape)}`,
    );
  }
  sameDevice("call backward on", [root, seed]);
  const order = differentiable(root);
  const arrived: [Tensor, Tensor][] = []; // kept apart, so that a walk that fails changes nothing
  backpropagate(order, seed, createGraph, (node, gradient) => {
    if (node.keepsGrad) arrived.push([node, gradient]);
  });
  for (const [node, gradient] of arrived) {
    const own = createGraph && gradient.requiresGrad ? gradient : gradient.detach(); // several leaves may share one
    node.grad = node.grad === null ? own : withRecording(createGraph, () => add(own, node.grad!));
  }
  if (!retainGraph) { for (const { origin } of order) if (origin !== undefined) free(origin); }
}

/** Releases what an operation kept for its gradient, so that a loss stored in a list keeps no activations alive. */
function free(origin: Origin): void {
  origin.backward = undefined;
  origin.parents = [];
  origin.views = [];
}

function defaultSeed(root: Tensor): Tensor {
  if (root.size !== 1) {
    throw new TypeError(
      `Cannot call backward on a tensor of shape ${showShape(root.shape)} without a seed, ` +
        "as only a single number has a gradient: take a sum or a mean first, or pass { seed }",
    );
  }
  return root.like(1);
}

function usable({ operation, parents, views, backward }: Origin): NonNullable<Origin["backward"]> {
  if (backward === undefined) {
    throw new Error(
      `Cannot call backward through "${operation}" a second time, as the first call freed its graph: ` +
        "pass { retainGraph: true } to the first",
    );
  }
  if (parents.some((parent, i) => parent.view !== views[i])) {
    throw new Error(
      `Cannot call backward through "${operation}", as an operand was assigned new values after it ran: ` +
        "call backward before assign",
    );
  }
  return backward;
}

/** A parent's gradient, checked to have the parent's shape, so that a wrong `backward` fails here and not later. */
function evaluate(gradient: Gradient, parent: Tensor, origin: Origin): Tensor {
  const value = typeof gradient === "function" ? gradient() : gradient;
  if (sameShape(value.shape, parent.shape)) return value;
  throw new TypeError(
    `Cannot differentiate "${origin.operation}", as an operand's gradient must have the operand's shape: ` +
      `${showShape(value.shape)} and ${showShape(parent.shape)}`,
  );
}

/** The function behind the method. */
export const backwardMethods: Methods<BackwardMethods> = {
  backward: method(backward, {
    options: optionsOf<BackwardOptions>({ seed: instance(Tensor), createGraph: flag, retainGraph: flag }),
  }),
};
