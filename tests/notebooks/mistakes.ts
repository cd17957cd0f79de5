/** What learners get wrong: for each exercise some classic wrong answers, every one of which `check` has to refute. */
import { Value } from "../../autograd/scalar.ts";
import { attentionMistakes } from "./attention_mistakes.ts";
import { kernelMistakes } from "./kernel_mistakes.ts";
import { textMistakes } from "./text_mistakes.ts";

/** What is wrong with each function, said so that it completes "a function that …". */
export type Mistakes = Readonly<Record<string, (...args: never[]) => unknown>>;
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

const transpose = (m: number[][]) => (m[0] ?? []).map((_, j) => m.map((row) => at(row, j)));
const matmul = (a: number[][], b: number[][]) =>
  a.map((row) => transpose(b).map((col) => sum(row.map((x, k) => x * at(col, k)))));

const softmaxOf = (scores: number[]) => scores.map((x) => Math.exp(x) / sum(scores.map(Math.exp)));

export const mistakes: Readonly<Record<string, Mistakes>> = {
  numericalDerivative: {
    "looks to one side only": (f: F, x: number) => (f(x + 1e-5) - f(x)) / 1e-5,
    "divides by h where the points are 2h apart": (f: F, x: number) => (f(x + 1e-5) - f(x - 1e-5)) / 1e-5,
    "takes the difference the wrong way round": (f: F, x: number) => (f(x - 1e-5) - f(x + 1e-5)) / 2e-5,
    "takes a step that vanishes in rounding": (f: F, x: number) => (f(x + 1e-17) - f(x - 1e-17)) / 2e-17,
    "takes a step of 1": (f: F, x: number) => (f(x + 1) - f(x - 1)) / 2,
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
  },
  divBackward: {
    "drops the incoming gradient": (a: number, b: number, _gradient: number) => [1 / b, -a / b ** 2],
    "forgets the minus": (a: number, b: number, gradient: number) => [gradient / b, gradient * a / b ** 2],
    "forgets the square": (a: number, b: number, gradient: number) => [gradient / b, -gradient * a / b],
    "is the one of multiplication": (a: number, b: number, gradient: number) => [gradient * b, gradient * a],
  },
  softplus: {
    "remembers no parents": (x: Value) => new Value(Math.log(1 + Math.exp(x.data)), "", "softplus"),
    "has the derivative of ln, not of the whole": (x: Value) =>
      new Value(Math.log(1 + Math.exp(x.data)), "", "softplus", [x], [1 / (1 + Math.exp(x.data))]),
    "forgets the 1": (x: Value) => x.exp().log(),
    "has tanh's derivative": (x: Value) =>
      new Value(Math.log(1 + Math.exp(x.data)), "", "softplus", [x], [1 - Math.tanh(x.data) ** 2]),
    "returns the bare number": (x: Value) => Math.log(1 + Math.exp(x.data)),
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
  },
  hingeLoss: {
    "sums where it should take the mean": (s: number[], l: number[]) =>
      sum(s.map((x, i) => Math.max(0, 1 - at(l, i) * x))),
    "forgets max(0, …)": (s: number[], l: number[]) => sum(s.map((x, i) => 1 - at(l, i) * x)) / s.length,
    "has the sign of the label wrong": (s: number[], l: number[]) =>
      sum(s.map((x, i) => Math.max(0, 1 + at(l, i) * x))) / s.length,
    "forgets the margin": (s: number[], l: number[]) => sum(s.map((x, i) => Math.max(0, -at(l, i) * x))) / s.length,
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
  },
  parameterCount: {
    "forgets the biases": (sizes: number[]) => sum(sizes.slice(1).map((n, i) => n * at(sizes, i))),
    "has one bias a layer": (sizes: number[]) => sum(sizes.slice(1).map((n, i) => n * at(sizes, i) + 1)),
    "gives the inputs biases, too": (sizes: number[]) =>
      sum(sizes.slice(1).map((n, i) => n * at(sizes, i))) + sum(sizes),
    "multiplies all the sizes": (sizes: number[]) => sizes.reduce((a, b) => a * b),
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
  },
  broadcastShape: {
    "matches axes from the left": (a: number[], b: number[]) => {
      const [long, short] = a.length >= b.length ? [a, b] : [b, a];
      return long.map((size, i) => size === 1 ? short[i] ?? 1 : size);
    },
    "takes the larger size, also of 0 and 1": (a: number[], b: number[]) => {
      const rank = Math.max(a.length, b.length);
      const right = (shape: number[], i: number) => shape[shape.length - rank + i] ?? 1;
      return Array.from({ length: rank }, (_, i) => Math.max(right(a, i), right(b, i)));
    },
    "drops the axes of size 1": (a: number[], b: number[]) =>
      (a.length > b.length ? a : b).filter((size) => size !== 1),
    "takes the longer shape": (a: number[], b: number[]) => a.length > b.length ? a : b,
    "never throws": (a: number[], b: number[]) => {
      const rank = Math.max(a.length, b.length);
      const right = (shape: number[], i: number) => shape[shape.length - rank + i] ?? 1;
      return Array.from({ length: rank }, (_, i) => right(a, i) === 1 ? right(b, i) : right(a, i));
    },
  },
  sumTo: {
    "takes the first row and column instead of the sum": (g: number[][], [m, n]: number[]) =>
      g.slice(0, m).map((row) => row.slice(0, n)),
    "takes the mean": (g: number[][], [m, n]: number[]) => {
      const rows = m === 1 ? [transpose(g).map((col) => sum(col) / g.length)] : g;
      return n === 1 ? rows.map((row) => [sum(row) / row.length]) : rows;
    },
    "sums the rows only": (g: number[][], [m]: number[]) => m === 1 ? [transpose(g).map(sum)] : g,
    "mixes up the axes": (g: number[][], [m, n]: number[]) => {
      const rows = n === 1 ? [transpose(g).map(sum)] : g;
      return m === 1 ? rows.map((row) => [sum(row)]) : rows;
    },
    "drops the summed axis": (g: number[][], [m]: number[]) => m === 1 ? transpose(g).map(sum) : g,
  },
  matmulBackward: {
    "forgets to transpose b": (a: number[][], b: number[][], g: number[][]) => [matmul(g, b), matmul(transpose(a), g)],
    "multiplies in the wrong order": (a: number[][], b: number[][], g: number[][]) => [
      matmul(g, transpose(b)),
      matmul(g, transpose(a)),
    ],
    "gives the two in the wrong order": (a: number[][], b: number[][], g: number[][]) => [
      matmul(transpose(a), g),
      matmul(g, transpose(b)),
    ],
    "drops the incoming gradient": (a: number[][], b: number[][], g: number[][]) => {
      const ones = g.map((row) => row.map(() => 1));
      return [matmul(ones, transpose(b)), matmul(transpose(a), ones)];
    },
    "is the one of the product of numbers": (a: number[][], b: number[][], _g: number[][]) => [b, a],
  },
  softmax: {
    "overflows": softmaxOf,
    "does not divide by the sum": (scores: number[]) => scores.map(Math.exp),
    "divides the scores by their sum": (scores: number[]) => scores.map((x) => x / sum(scores)),
    "takes off the largest score below the line only": (scores: number[]) => {
      const largest = Math.max(...scores);
      return scores.map((x) => Math.exp(x) / sum(scores.map((y) => Math.exp(y - largest))));
    },
    "halves every score": (scores: number[]) => softmaxOf(scores.map((x) => (x - Math.max(...scores)) / 2)),
    "adds up, and goes the wrong way": (scores: number[]) => softmaxOf(scores.map((x) => Math.min(...scores) - x)),
  },
  ...kernelMistakes,
  ...textMistakes,
  ...attentionMistakes,
};
