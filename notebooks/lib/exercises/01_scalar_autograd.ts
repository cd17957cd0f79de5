/** The exercises of notebook 01: derivatives by hand, by number, and by a graph. */
import * as fc from "fast-check";
import { Value } from "../../../autograd/scalar.ts";
import { nonZero, quarters, short } from "./cases.ts";
import { defineExercise } from "./define.ts";
import { aNumber, instanceOf, listOf, numbers } from "./kinds.ts";

/** `c₀ + c₁x + c₂x² + …`, which prints as a learner would type it. */
function polynomial(coefficients: readonly number[]): (x: number) => number {
  const terms = coefficients.map((c, power) => c === 0 ? "" : `${c}${["", " * x"][power] ?? ` * x ** ${power}`}`);
  const source = terms.filter((term) => term !== "").join(" + ").replaceAll("+ -", "- ") || "0";
  const f = (x: number) => coefficients.reduce((sum, c, power) => sum + c * x ** power, 0);
  return Object.assign(f, { toString: () => `(x) => ${source}` });
}

const slope = fc.integer({ min: -4, max: 4 });
const point = quarters(3);

const numericalDerivative = defineExercise<
  (f: (x: number) => number, x: number) => number,
  [coefficients: number[], x: number]
>({
  name: "numericalDerivative",
  signature: "numericalDerivative(f: (x: number) => number, x: number): number",
  task:
    "Estimate the derivative of f at x from two of its values: one a small step to the left of x, one a small step to the right.",
  returns: aNumber,
  cases: fc.tuple(fc.array(slope, { minLength: 1, maxLength: 4 }), point),
  laws: [
    {
      says: "The derivative of a straight line m·x + c is m everywhere.",
      cases: fc.tuple(fc.tuple(slope, slope), point),
      claim: (derivative, [c, m], x) => ({
        expected: m,
        got: derivative(polynomial([c ?? 0, m ?? 0]), x),
        tolerance: 1e-5,
      }),
    },
    {
      says: "At x = 0, the turning point of a·x², it is exactly 0: the values on the left and on the right are equal.",
      cases: fc.tuple(fc.tuple(slope), fc.constant(0)),
      claim: (derivative, [a], x) => ({ expected: 0, got: derivative(polynomial([0, 0, a ?? 0]), x), tolerance: 0 }),
    },
    {
      says: "On a polynomial it agrees with the power rule to five digits.",
      claim: (derivative, coefficients, x) => ({
        expected: coefficients.reduce((sum, c, power) => power === 0 ? sum : sum + c * power * x ** (power - 1), 0),
        got: derivative(polynomial(coefficients), x),
        tolerance: 1e-5,
      }),
    },
  ],
});

const tanhGradient = defineExercise<
  (a: number, b: number, c: number) => number[],
  [a: number, b: number, c: number]
>({
  name: "tanhGradient",
  signature: "tanhGradient(a: number, b: number, c: number): number[]",
  task: "Let L = tanh(a·b + c). Return [∂L/∂a, ∂L/∂b, ∂L/∂c], worked out with the chain rule and without Value.",
  returns: numbers,
  cases: fc.tuple(quarters(2), quarters(2), quarters(2)),
  laws: [
    {
      says: "Where a·b + c = 0, tanh has slope 1, so that the gradient is [b, a, 1].",
      cases: fc.tuple(quarters(2), quarters(2)).map(([a, b]) => [a, b, -a * b]),
      claim: (gradient, a, b, c) => ({ expected: [b, a, 1], got: gradient(a, b, c) }),
    },
    {
      says: "Exchanging a and b exchanges ∂L/∂a and ∂L/∂b.",
      claim: (gradient, a, b, c) => {
        const [byA, byB, byC] = gradient(a, b, c);
        return { expected: [byB, byA, byC], got: gradient(b, a, c) };
      },
    },
    {
      says: "It agrees with what Value's backward() finds.",
      claim: (gradient, ...values) => {
        const [a, b, c] = [new Value(values[0]), new Value(values[1]), new Value(values[2])];
        a.mul(b).add(c).tanh().backward();
        return { expected: [a.grad, b.grad, c.grad], got: gradient(...values) };
      },
    },
  ],
});

const divBackward = defineExercise<
  (a: number, b: number, gradient: number) => number[],
  [a: number, b: number, gradient: number]
>({
  name: "divBackward",
  signature: "divBackward(a: number, b: number, gradient: number): number[]",
  task:
    "Let out = a / b and gradient = ∂L/∂out. Return [∂L/∂a, ∂L/∂b], the gradients that division passes back to a and b.",
  returns: numbers,
  cases: fc.tuple(short, quarters(4).map((b) => b || 1), short),
  laws: [
    {
      says: "Doubling the incoming gradient doubles both outgoing ones.",
      cases: fc.tuple(nonZero, nonZero, nonZero),
      claim: (backward, a, b, gradient) => ({
        expected: backward(a, b, gradient).map((x) => 2 * x),
        got: backward(a, b, 2 * gradient),
      }),
    },
    {
      says: "Scaling a and b together does not change a / b, so a·∂L/∂a + b·∂L/∂b = 0.",
      claim: (backward, a, b, gradient) => {
        const [byA = NaN, byB = NaN] = backward(a, b, gradient);
        return { of: "a·∂L/∂a + b·∂L/∂b", expected: 0, got: a * byA + b * byB };
      },
    },
    {
      says: "It agrees with what Value's div passes back.",
      claim: (backward, ...values) => {
        const [a, b] = [new Value(values[0]), new Value(values[1])];
        a.div(b).mul(values[2]).backward();
        return { expected: [a.grad, b.grad], got: backward(...values) };
      },
    },
  ],
});

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

const softplus = defineExercise<(x: Value) => Value, [x: number, factor: number]>({
  name: "softplus",
  signature: "softplus(x: Value): Value",
  task: "Give Value an operation of your own: softplus(x) = ln(1 + e^x), with the derivative that backward() needs.",
  returns: instanceOf(Value),
  cases: fc.tuple(short, quarters(2)),
  laws: [
    {
      says: "The number is ln(1 + e^x).",
      claim: (softplus, x) => ({
        of: "its data",
        expected: Math.log(1 + Math.exp(x)),
        got: softplus(new Value(x, "x")).data,
      }),
    },
    {
      says: "The derivative of softplus is the sigmoid, 1 / (1 + e^−x).",
      claim: (softplus, x) => {
        const input = new Value(x, "x");
        softplus(input).backward();
        return { of: "x.grad after backward()", expected: logistic(x), got: input.grad };
      },
    },
    {
      says: "The chain rule works through it in a longer computation: the derivative of k·softplus(k·x) is k²·σ(k·x).",
      claim: (softplus, x, k) => {
        const input = new Value(x, "x");
        softplus(input.mul(k)).mul(k).backward();
        return { of: `x.grad, for k = ${k}`, expected: k * k * logistic(k * x), got: input.grad };
      },
    },
  ],
});

/** A node of a graph, which prints with what it was made from: `c(a, b(a))`. */
class GraphNode {
  constructor(readonly name: string, readonly parents: readonly GraphNode[]) {}

  toString(): string {
    return this.parents.length > 0 ? `${this.name}(${this.parents.join(", ")})` : this.name;
  }
}

/** The last node of a random graph of up to 7; a node's parents are given by how far before it they stand. */
const graph = fc.array(fc.array(fc.nat({ max: 5 }), { maxLength: 2 }), { minLength: 1, maxLength: 7 }).map((steps) => {
  const nodes: GraphNode[] = [];
  for (const [i, back] of steps.entries()) {
    const parents = new Set(i > 0 ? back.map((step) => nodes[i - 1 - step % i]) : []);
    nodes.push(new GraphNode("abcdefg".charAt(i), [...parents].filter((node) => node !== undefined)));
  }
  return nodes.at(-1) ?? new GraphNode("a", []);
});

/** The names of every node that the root was made from, and its own, in alphabetical order. */
function namesIn(root: GraphNode): string[] {
  return [...new Set([root.name, ...root.parents.flatMap(namesIn)])].sort();
}

const topologicalOrder = defineExercise<(root: GraphNode) => GraphNode[], [root: GraphNode]>({
  name: "topologicalOrder",
  signature: "topologicalOrder(root: Node): Node[], where a Node has a name: string and parents: Node[]",
  task: "List the root and every node that it was made from, each once and after all of its parents.",
  returns: listOf(instanceOf(GraphNode), "a list of the graph's nodes"),
  cases: fc.tuple(graph),
  laws: [
    {
      says: "The root comes last, because it was made from all the others.",
      claim: (order, root) => ({ of: "the last node", expected: root.name, got: order(root).at(-1)?.name }),
    },
    {
      says: "Every node is in the list exactly once.",
      claim: (order, root) => ({
        of: "the names, in alphabetical order",
        expected: namesIn(root),
        got: order(root).map((node) => node.name).sort(),
      }),
    },
    {
      says: "Called again, it returns the same list.",
      claim: (order, root) => {
        const names = () => order(root).map((node) => node.name);
        return { of: "the names", expected: names(), got: names() };
      },
    },
    {
      says: "No node comes before one of its parents.",
      claim: (order, root) => {
        const nodes = order(root);
        const early = nodes.find((node, i) => node.parents.some((parent) => nodes.indexOf(parent) > i));
        return {
          expected: "each node after its parents",
          got: early ? `${early.name} before one of its parents, ${early.parents.join(" and ")}` : "that",
          holds: early === undefined,
        };
      },
    },
  ],
});

export const scalarAutograd = [numericalDerivative, tanhGradient, divBackward, softplus, topologicalOrder];
