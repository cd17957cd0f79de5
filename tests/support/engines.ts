/** Reverse-mode engines, right and wrong, as functions that can be compared. */

import { topologicalOrder } from "../../autograd/graph.ts";
import { Tensor, Value } from "../../mod.ts";
import { assertClose } from "./closeness.ts";
import { duals, type Program, programs, run, tensors, values } from "./programs.ts";
import { type Law, law } from "./property.ts";

/** The gradient of a program's answer with respect to each of its inputs. */
export type Engine = (program: Program, inputs: readonly number[]) => number[];

/** An engine's gradients are those of the chain rule applied forwards, one input at a time. */
export function engineLaw(name: string, engine: Engine): Law {
  return law(`the gradients of ${name} are those of the chain rule applied forwards`, programs(), (program) => {
    for (const point of program.points) assertClose(engine(program, point), forwards(program, point));
  });
}

/** The chain rule applied forwards. */
export const forwards: Engine = (program, inputs) =>
  inputs.map((_, chosen) =>
    run(program, duals, inputs.map((value, i) => ({ value, slope: i === chosen ? 1 : 0 }))).slope
  );

/** `Value.backward()`. */
export const valueEngine: Engine = (program, inputs) => {
  const leaves = inputs.map((x) => new Value(x));
  run(program, values, leaves).backward();
  return leaves.map(({ grad }) => grad);
};

/** `Tensor.backward()`. */
export const tensorEngine: Engine = (program, inputs) => {
  const leaves = inputs.map((x) => Tensor.from(x, { requiresGrad: true }));
  run(program, tensors, leaves).backward();
  return leaves.map(({ grad }) => grad?.item() ?? 0);
};

/** How a walk back through a graph works. */
export interface Walk {
  /** The order in which nodes pass on their gradients, for a graph in topological order. */
  readonly order: <N extends { readonly parents: readonly N[] }>(topological: readonly N[]) => readonly N[];
  /** A node's gradient after another part of it arrives. */
  readonly combine: (soFar: number, part: number) => number;
  /** Whether an operation's operand number `i` receives its part of the gradient. */
  readonly tells: <N>(parents: readonly N[], i: number) => boolean;
}

/** The correct way. */
export const RIGHT: Walk = {
  order: (topological) => topological.toReversed(),
  combine: (soFar, part) => soFar + part,
  tells: () => true,
};

/** An engine for `Value` with this walk. */
export function valueWalker(walk: Walk): Engine {
  return (program, inputs) => {
    const leaves = inputs.map((x) => new Value(x));
    const root = run(program, values, leaves);
    const gradients = passBack(topologicalOrder<Value>(root), walk, (node, gradient) => {
      return node["derivatives"].map((derivative) => gradient * derivative);
    });
    return leaves.map((leaf) => gradients.get(leaf) ?? 0);
  };
}

/** An engine for `Tensor` with this walk. */
export function tensorWalker(walk: Walk): Engine {
  return (program, inputs) => {
    const leaves = inputs.map((x) => Tensor.from(x, { requiresGrad: true }));
    const root = run(program, tensors, leaves);
    const gradients = passBack(topologicalOrder<Tensor>(root), walk, (node, gradient) => {
      const parts = node.origin?.backward?.(Tensor.from(gradient), node) ?? [];
      return parts.map((part) => (typeof part === "function" ? part() : part).item());
    });
    return leaves.map((leaf) => gradients.get(leaf) ?? 0);
  };
}

function passBack<N extends { readonly parents: readonly N[] }>(
  topological: readonly N[],
  { order, combine, tells }: Walk,
  parts: (node: N, gradient: number) => readonly number[],
): Map<N, number> {
  const gradients = new Map([[topological.at(-1)!, 1]]);
  for (const node of order(topological)) {
    parts(node, gradients.get(node) ?? 0).forEach((part, i) => {
      const parent = node.parents[i]!;
      if (tells(node.parents, i)) gradients.set(parent, combine(gradients.get(parent) ?? 0, part));
    });
  }
  return gradients;
}
