/** Classic wrong answers to the exercises of notebooks 01 and 02, on numbers that remember what they were made from. */
import { Value } from "../../autograd/scalar.ts";
import type { Mistakes } from "./mistakes.ts";

type F = (x: number) => number;
interface Node {
  parents: Node[];
}
type Gradient = (x: number[]) => number[];

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const at = (numbers: readonly number[], i: number) => numbers[i] ?? NaN;

/** Every node as often as it is used, each after its parents. */
const unfolded = (root: Node): Node[] => [...root.parents.flatMap(unfolded), root];

/** Gradient descent with the step given. */
const descend = (step: (x: number[], gradient: Gradient, rate: number) => number[], extra = 0) =>
(
  gradient: Gradient,
  start: number[],
  rate: number,
  steps: number,
) => {
  let x = start;
  for (let i = 0; i < steps + extra; i++) x = step(x, gradient, rate);
  return x;
};
const move = (x: number[], slope: number[], rate: number) => x.map((xi, i) => xi - rate * at(slope, i));

/** A right order, but for nodes that an earlier call has not listed already. */
function rememberingOrder() {
  const seen = new Set<Node>();
  return (root: Node): Node[] => {
    const order: Node[] = [];
    const visit = (node: Node) => {
      if (seen.has(node)) return;
      seen.add(node);
      node.parents.forEach(visit);
      order.push(node);
    };
    visit(root);
    return order;
  };
}

export const scalarMistakes: Readonly<Record<string, Mistakes>> = {
  numericalDerivative: {
    "looks to one side only": (f: F, x: number) => (f(x + 1e-5) - f(x)) / 1e-5,
    "divides by h where the points are 2h apart": (f: F, x: number) => (f(x + 1e-5) - f(x - 1e-5)) / 1e-5,
    "takes the difference the wrong way round": (f: F, x: number) => (f(x - 1e-5) - f(x + 1e-5)) / 2e-5,
    "takes a step that vanishes in rounding": (f: F, x: number) => (f(x + 1e-17) - f(x - 1e-17)) / 2e-17,
    "takes a step of 1": (f: F, x: number) => (f(x + 1) - f(x - 1)) / 2,
    "looks to one side, with a step so small that it hardly shows": (f: F, x: number) => (f(x + 1e-10) - f(x)) / 1e-10,
    "always measures at 1": (f: F, _x: number) => (f(1 + 1e-5) - f(1 - 1e-5)) / 2e-5,
  },
  tanhGradient: {
    "forgets the slope of tanh": (a: number, b: number, _c: number) => [b, a, 1],
    "squares the argument instead of the tanh": (a: number, b: number, c: number) => {
      const slope = 1 - (a * b + c) ** 2;
      return [slope * b, slope * a, slope];
    },
    "mixes up a and b": (a: number, b: number, c: number) => {
      const slope = 1 - Math.tanh(a * b + c) ** 2;
      return [slope * a, slope * b, slope];
    },
    "gives a and b the same derivative": (a: number, b: number, c: number) => {
      const slope = 1 - Math.tanh(a * b + c) ** 2;
      return [slope * b, slope * b, slope];
    },
    "forgets c in the argument": (a: number, b: number, _c: number) => {
      const slope = 1 - Math.tanh(a * b) ** 2;
      return [slope * b, slope * a, slope];
    },
    "takes the slope 1 − tanh": (a: number, b: number, c: number) => {
      const slope = 1 - Math.tanh(a * b + c);
      return [slope * b, slope * a, slope];
    },
    "gives c the slope of a plain sum": (a: number, b: number, c: number) => {
      const slope = 1 - Math.tanh(a * b + c) ** 2;
      return [slope * b, slope * a, 1];
    },
  },
  divBackward: {
    "drops the incoming gradient": (a: number, b: number, _gradient: number) => [1 / b, -a / b ** 2],
    "forgets the minus": (a: number, b: number, gradient: number) => [gradient / b, gradient * a / b ** 2],
    "forgets the square": (a: number, b: number, gradient: number) => [gradient / b, -gradient * a / b],
    "is the one of multiplication": (a: number, b: number, gradient: number) => [gradient * b, gradient * a],
    "gives the two in the wrong order": (a: number, b: number, gradient: number) => [
      -gradient * a / b ** 2,
      gradient / b,
    ],
    "drops the incoming gradient on the way to b": (a: number, b: number, gradient: number) => [
      gradient / b,
      -a / b ** 2,
    ],
  },
  softplus: {
    "remembers no parents": (x: Value) => new Value(Math.log(1 + Math.exp(x.data)), "", "softplus"),
    "has the derivative of ln, not of the whole": (x: Value) =>
      new Value(Math.log(1 + Math.exp(x.data)), "", "softplus", [x], [1 / (1 + Math.exp(x.data))]),
    "forgets the 1": (x: Value) => x.exp().log(),
    "has tanh's derivative": (x: Value) =>
      new Value(Math.log(1 + Math.exp(x.data)), "", "softplus", [x], [1 - Math.tanh(x.data) ** 2]),
    "returns the bare number": (x: Value) => Math.log(1 + Math.exp(x.data)),
    "takes the sigmoid of the result": (x: Value) => {
      const y = Math.log(1 + Math.exp(x.data));
      return new Value(y, "", "softplus", [x], [1 / (1 + Math.exp(-y))]);
    },
    "changes x itself": (x: Value) => {
      x.data = Math.log(1 + Math.exp(x.data));
      return x;
    },
  },
  topologicalOrder: {
    "lists a node as often as it is used": unfolded,
    "puts the root first": (root: Node) => [...new Set(unfolded(root))].reverse(),
    "lists a node before its parents, and turns the list around": (root: Node) => {
      const order: Node[] = [];
      const visit = (node: Node) => {
        if (order.includes(node)) return;
        order.push(node);
        node.parents.forEach(visit);
      };
      visit(root);
      return order.reverse();
    },
    "forgets the root": (root: Node) => [...new Set(unfolded(root))].slice(0, -1),
    "goes one level deep": (root: Node) => [...root.parents, root],
    "visits the first parent only": (root: Node) => {
      const order: Node[] = [];
      for (let node: Node | undefined = root; node; node = node.parents[0]) order.unshift(node);
      return order;
    },
    "remembers from one call to the next what it has seen": rememberingOrder(),
  },
  neuron: {
    "forgets the bias": (w: number[], _bias: number, x: number[]) => Math.tanh(sum(w.map((wi, i) => wi * at(x, i)))),
    "forgets tanh": (w: number[], bias: number, x: number[]) => sum(w.map((wi, i) => wi * at(x, i))) + bias,
    "has the sigmoid in place of tanh": (w: number[], bias: number, x: number[]) =>
      1 / (1 + Math.exp(-sum(w.map((wi, i) => wi * at(x, i))) - bias)),
    "adds the bias after tanh": (w: number[], bias: number, x: number[]) =>
      Math.tanh(sum(w.map((wi, i) => wi * at(x, i)))) + bias,
    "adds the bias once for each input": (w: number[], bias: number, x: number[]) =>
      Math.tanh(sum(w.map((wi, i) => wi * at(x, i) + bias))),
    "looks at the first two inputs only": (w: number[], bias: number, x: number[]) =>
      Math.tanh(sum(w.slice(0, 2).map((wi, i) => wi * at(x, i))) + bias),
    "bends each term before it sums": (w: number[], bias: number, x: number[]) =>
      sum(w.map((wi, i) => Math.tanh(wi * at(x, i)))) + Math.tanh(bias),
  },
  hingeLoss: {
    "sums where it should take the mean": (s: number[], l: number[]) =>
      sum(s.map((x, i) => Math.max(0, 1 - at(l, i) * x))),
    "forgets max(0, …)": (s: number[], l: number[]) => sum(s.map((x, i) => 1 - at(l, i) * x)) / s.length,
    "has the sign of the label wrong": (s: number[], l: number[]) =>
      sum(s.map((x, i) => Math.max(0, 1 + at(l, i) * x))) / s.length,
    "forgets the margin": (s: number[], l: number[]) => sum(s.map((x, i) => Math.max(0, -at(l, i) * x))) / s.length,
    "squares what falls short": (s: number[], l: number[]) =>
      sum(s.map((x, i) => Math.max(0, 1 - at(l, i) * x) ** 2)) / s.length,
    "takes the mean over the wrong ones only": (s: number[], l: number[]) => {
      const losses = s.map((x, i) => Math.max(0, 1 - at(l, i) * x)).filter((loss) => loss > 0);
      return losses.length > 0 ? sum(losses) / losses.length : 0;
    },
  },
  accuracy: {
    "counts where it should return a share": (s: number[], l: number[]) =>
      s.filter((x, i) => (x > 0 ? 1 : -1) === at(l, i)).length,
    "is in per cent": (s: number[], l: number[]) =>
      100 * s.filter((x, i) => (x > 0 ? 1 : -1) === at(l, i)).length / s.length,
    "compares the score itself with the label": (s: number[], l: number[]) =>
      s.filter((x, i) => x === at(l, i)).length / s.length,
    "lets a score of 0 tell +1": (s: number[], l: number[]) =>
      s.filter((x, i) => (x >= 0 ? 1 : -1) === at(l, i)).length / s.length,
    "takes a score of 0 for no answer": (s: number[], l: number[]) =>
      s.filter((x, i) => x * at(l, i) > 0).length / s.length,
    "rounds the scores first": (s: number[], l: number[]) =>
      s.filter((x, i) => (Math.round(x) > 0 ? 1 : -1) === at(l, i)).length / s.length,
  },
  parameterCount: {
    "forgets the biases": (sizes: number[]) => sum(sizes.slice(1).map((n, i) => n * at(sizes, i))),
    "has one bias a layer": (sizes: number[]) => sum(sizes.slice(1).map((n, i) => n * at(sizes, i) + 1)),
    "gives the inputs biases, too": (sizes: number[]) =>
      sum(sizes.slice(1).map((n, i) => n * at(sizes, i))) + sum(sizes),
    "multiplies all the sizes": (sizes: number[]) => sizes.reduce((a, b) => a * b),
    "forgets the last layer": (sizes: number[]) => sum(sizes.slice(1, -1).map((n, i) => n * (at(sizes, i) + 1))),
    "counts two layers, however many there are": ([a = 0, b = 0, c = 0]: number[]) => b * (a + 1) + c * (b + 1),
  },
  gradientDescent: {
    "goes uphill": descend((x, gradient, rate) => move(x, gradient(x), -rate)),
    "takes a step too many": descend((x, gradient, rate) => move(x, gradient(x), rate), 1),
    "forgets the learning rate": descend((x, gradient) => move(x, gradient(x), 1)),
    "keeps the gradient of the start": (gradient: Gradient, start: number[], rate: number, steps: number) =>
      move(start, gradient(start), rate * steps),
    "never ends": (gradient: Gradient, start: number[]) => {
      for (let x = start;; x = move(x, gradient(x), 0.1));
    },
    "takes one step only": (gradient: Gradient, start: number[], rate: number, steps: number) =>
      steps > 0 ? move(start, gradient(start), rate) : start,
    "steps on start itself": (gradient: Gradient, start: number[], rate: number, steps: number) => {
      for (let step = 0; step < steps; step++) {
        for (const [i, slope] of gradient(start).entries()) start[i] = at(start, i) - rate * slope;
      }
      return start;
    },
    "moves one coordinate after the other": descend((x, gradient, rate) => {
      const moved = [...x];
      for (const i of x.keys()) moved[i] = at(moved, i) - rate * at(gradient(moved), i);
      return moved;
    }),
  },
};
