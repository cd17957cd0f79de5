/** One right answer to each exercise of notebook 01. */
import { Value } from "../../autograd/scalar.ts";

/** The central difference. Its error is of order h², because the errors of order h on the two sides cancel. */
export function numericalDerivative(f: (x: number) => number, x: number): number {
  const h = 1e-5;
  return (f(x + h) - f(x - h)) / (2 * h);
}

/** `∂L/∂a = tanh′(u) · b`, where `u = a·b + c` and `tanh′ = 1 − tanh²`. */
export function tanhGradient(a: number, b: number, c: number): number[] {
  const slope = 1 - Math.tanh(a * b + c) ** 2;
  return [slope * b, slope * a, slope];
}

/** `∂(a/b)/∂a = 1/b` and `∂(a/b)/∂b = −a/b²`, each times the gradient that comes in. */
export function divBackward(a: number, b: number, gradient: number): number[] {
  return [gradient / b, -gradient * a / b ** 2];
}

/** The derivative of ln(1 + e^x) is e^x / (1 + e^x) = 1 / (1 + e^−x), the sigmoid. */
export function softplus(x: Value): Value {
  return new Value(Math.log(1 + Math.exp(x.data)), "", "softplus", [x], [1 / (1 + Math.exp(-x.data))]);
}

/** Depth first: a node is listed once all of its parents are. */
export function topologicalOrder<N extends { readonly parents: readonly N[] }>(root: N): N[] {
  const order: N[] = [];
  const seen = new Set<N>();
  const visit = (node: N) => {
    if (seen.has(node)) return;
    seen.add(node);
    node.parents.forEach(visit);
    order.push(node);
  };
  visit(root);
  return order;
}
