/** Classic mistakes in summing gradients over the uses of a value. */

import { RIGHT, type Walk } from "./engines.ts";

export const WRONG_WALKS: Record<string, Walk> = {
  "`=` for `+=`: the last use alone counts": { ...RIGHT, combine: (_, part) => part },
  "the first use alone counts": { ...RIGHT, combine: (soFar, part) => soFar === 0 ? part : soFar },
  "an operand that is used twice by one operation, x · x, is told once": {
    ...RIGHT,
    tells: (parents, i) => parents.indexOf(parents[i]!) === i,
  },
  "gradients are passed on at once, and again with every further part: early parts count twice": {
    ...RIGHT,
    order: (topological) => everyPath(topological.at(-1)!),
  },
  "breadth first from the root: gradients are passed on before they are complete": {
    ...RIGHT,
    order: (topological) => [...new Set(byLevel(topological.at(-1)!))],
  },
  "from the inputs to the root: nothing has arrived when it is passed on": {
    ...RIGHT,
    order: (topological) => topological,
  },
  "parts are averaged": { ...RIGHT, combine: (soFar, part) => soFar === 0 ? part : (soFar + part) / 2 },
};

type Node<N> = { readonly parents: readonly N[] };

/** Every node as often as there are paths to it. */
function everyPath<N extends Node<N>>(root: N): N[] {
  return [root, ...root.parents.flatMap((parent) => everyPath(parent))];
}

/** The root, its operands, their operands. */
function byLevel<N extends Node<N>>(root: N): N[] {
  const nodes = [root];
  const seen = new Set(nodes);
  for (const node of nodes) { // grows as it is read
    for (const parent of node.parents) {
      if (!seen.has(parent)) nodes.push(parent);
      seen.add(parent);
    }
  }
  return nodes;
}
