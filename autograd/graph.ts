/**
 * A computation is a graph: every result points at its operands.
 * The scalar engine and the tensor engine walk it with the same function.
 */

/** Anything that was computed from others of its kind. */
export interface GraphNode<N> {
  readonly parents: readonly N[];
}

/**
 * The nodes that `root` was computed from, each after all of its parents, `root` last.
 *
 * The walk keeps its own stack: a recursive one would overflow on a chain of about ten thousand operations.
 *
 * @example
 * ```ts
 * import { topologicalOrder } from "nabla/autograd/graph.ts";
 * import { Value } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const a = new Value(2);
 * const b = a.add(1);
 * const c = a.mul(b);
 * assert.deepEqual(topologicalOrder<Value>(c).map(({ data }) => data), [2, 1, 3, 6]); // a, the constant 1, b, c
 * ```
 */
export function topologicalOrder<N extends GraphNode<N>>(root: N): N[] {
  const order: N[] = [];
  const seen = new Set<N>([root]);
  const path = [{ node: root, next: 0 }]; // from the root down to the current node; `next` is its next parent to visit
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const parent = top.node.parents[top.next++];
    if (parent === undefined) { // all its parents are done: now the node itself
      order.push(top.node);
      path.pop();
    } else if (!seen.has(parent)) {
      seen.add(parent);
      path.push({ node: parent, next: 0 });
    }
  }
  return order;
}
