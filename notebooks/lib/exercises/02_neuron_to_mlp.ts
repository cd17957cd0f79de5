/** The exercises of notebook 02: a neuron, a loss, a count, and the loop that trains. */
import * as fc from "fast-check";
import { Value } from "../../../autograd/scalar.ts";
import { quarters, short } from "./cases.ts";
import { defineExercise, limited } from "./define.ts";
import { aNumber, numbers } from "./kinds.ts";

const neuron = defineExercise<
  (weights: number[], bias: number, inputs: number[]) => number,
  [connections: [weight: number, input: number][], bias: number]
>({
  name: "neuron",
  signature: "neuron(weights: number[], bias: number, inputs: number[]): number",
  task: "Return the output of one neuron, tanh(w₁x₁ + w₂x₂ + … + b), for any number of inputs.",
  returns: aNumber,
  cases: fc.tuple(fc.array(fc.tuple(quarters(2), quarters(2)), { maxLength: 4 }), quarters(2)),
  laws: [
    {
      says: "If every input is 0, only the bias is left: tanh(b).",
      claim: (neuron, connections, bias) => ({
        expected: Math.tanh(bias),
        got: neuron(connections.map(([weight]) => weight), bias, connections.map(() => 0)),
      }),
    },
    {
      says: "Changing the sign of every weight and of the bias changes the sign of the output.",
      claim: (neuron, connections, bias) => {
        const inputs = connections.map(([, input]) => input);
        const output = neuron(connections.map(([weight]) => weight), bias, inputs);
        return { expected: -output, got: neuron(connections.map(([weight]) => -weight), -bias, inputs) };
      },
    },
    {
      says: "It agrees with the same sum made of Values.",
      claim: (neuron, connections, bias) => ({
        expected: connections.reduce((sum, [w, x]) => sum.add(new Value(w).mul(x)), new Value(bias)).tanh().data,
        got: neuron(connections.map(([weight]) => weight), bias, connections.map(([, input]) => input)),
      }),
    },
  ],
});

type OfScoresAndLabels = (scores: number[], labels: number[]) => number;
type Examples = [score: number, label: number][];

const label = fc.constantFrom(1, -1);
const examples: fc.Arbitrary<[Examples]> = fc.tuple(fc.array(fc.tuple(short, label), { minLength: 1, maxLength: 5 }));
const split = (pairs: Examples): [scores: number[], labels: number[]] => [
  pairs.map(([score]) => score),
  pairs.map(([, label]) => label),
];

const hingeLoss = defineExercise<OfScoresAndLabels, [Examples]>({
  name: "hingeLoss",
  signature: "hingeLoss(scores: number[], labels: number[]): number",
  task: "Return the mean of max(0, 1 − label·score) over the examples. Every label is +1 or −1.",
  returns: aNumber,
  cases: examples,
  laws: [
    {
      says: "It is 0 if every score is on the side of its label by 1 or more.",
      cases: fc.tuple(
        fc.array(fc.tuple(short, label).map(([s, l]): [number, number] => [l * (1 + Math.abs(s)), l]), {
          minLength: 1,
          maxLength: 5,
        }),
      ),
      claim: (loss, examples) => ({ expected: 0, got: loss(...split(examples)) }),
    },
    {
      says: "It is a mean: listing every example twice does not change it.",
      claim: (loss, examples) => ({
        expected: loss(...split(examples)),
        got: loss(...split([...examples, ...examples])),
      }),
    },
    {
      says: "It agrees with the same loss made of Values and relu().",
      claim: (loss, examples) => {
        const terms = examples.map(([score, label]) => new Value(score).mul(-label).add(1).relu());
        const sum = terms.reduce((total, term) => total.add(term));
        return { expected: sum.div(examples.length).data, got: loss(...split(examples)) };
      },
    },
  ],
});

const accuracy = defineExercise<OfScoresAndLabels, [Examples]>({
  name: "accuracy",
  signature: "accuracy(scores: number[], labels: number[]): number",
  task:
    "Return the share of correct predictions, from 0 to 1. A score above 0 predicts +1, any other score predicts −1.",
  returns: aNumber,
  cases: examples,
  laws: [
    {
      says: "For a single example it is 1 (correct) or 0 (wrong); a score of 0 predicts −1.",
      cases: fc.tuple(fc.tuple(quarters(1), label).map((example) => [example])),
      claim: (accuracy, examples) => ({
        expected: examples.every(([score, label]) => label === (score > 0 ? 1 : -1)) ? 1 : 0,
        got: accuracy(...split(examples)),
      }),
    },
    {
      says: "With every label flipped, it is one minus the accuracy.",
      claim: (accuracy, examples) => {
        const [scores, labels] = split(examples);
        return { expected: 1 - accuracy(scores, labels), got: accuracy(scores, labels.map((label) => -label)) };
      },
    },
    {
      says: "It is the mean of the accuracies on the single examples.",
      claim: (accuracy, examples) => {
        const each = examples.map(([score, label]) => accuracy([score], [label]));
        return { expected: each.reduce((a, b) => a + b) / each.length, got: accuracy(...split(examples)) };
      },
    },
  ],
});

const widths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 });

const parameterCount = defineExercise<(sizes: number[]) => number, [sizes: number[]]>({
  name: "parameterCount",
  signature: "parameterCount(sizes: number[]): number",
  task:
    "Count the weights and biases of a fully connected network: [2, 16, 1] has 2 inputs, 16 neurons, then 1 neuron.",
  returns: aNumber,
  cases: fc.tuple(widths),
  laws: [
    {
      says: "One neuron has a weight for each of its inputs, and a bias.",
      cases: fc.tuple(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constant(1))),
      claim: (count, sizes) => ({ expected: (sizes[0] ?? 0) + 1, got: count(sizes) }),
    },
    {
      says: "A layer of n neurons has n times the parameters of one neuron.",
      cases: fc.tuple(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))),
      claim: (count, [inputs = 1, neurons = 1]) => ({
        expected: neurons * count([inputs, 1]),
        got: count([inputs, neurons]),
      }),
    },
    {
      says: "A network has the parameters of all of its layers.",
      claim: (count, sizes) => ({
        expected: sizes.slice(1).reduce((sum, size, i) => sum + count([sizes[i] ?? 1, size]), 0),
        got: count(sizes),
      }),
    },
  ],
});

/** One axis of a bowl: the loss is `(x − lowest)²` summed over the axes. */
type Axis = [start: number, lowest: number];
type Gradient = (x: number[]) => number[];

/** The gradient of the bowl, `2·(x − lowest)`. */
function bowlGradient(axes: readonly Axis[]): Gradient {
  const source = axes.map(([, lowest], i) => `2 * (x[${i}] - ${lowest})`.replace("- -", "+ "));
  return printed(source, (x) => axes.map(([, lowest], i) => 2 * ((x[i] ?? NaN) - lowest)));
}

/** The gradient of `x₀x₁ + x₁x₂ + …`, each slope of which depends on the neighbours alone. */
function coupledGradient(axes: number): Gradient {
  const neighbours = Array.from({ length: axes }, (_, i) => [i - 1, i + 1].filter((j) => j >= 0 && j < axes));
  const source = neighbours.map((all) => all.map((j) => `x[${j}]`).join(" + ") || "0");
  return printed(source, (x) => neighbours.map((all) => all.reduce((sum, j) => sum + (x[j] ?? NaN), 0)));
}

/** A gradient that prints as a learner would type it, and ends a runaway loop. */
function printed(source: readonly string[], gradient: Gradient): Gradient {
  return Object.assign(limited("gradient", 1000, gradient), { toString: () => `(x) => [${source.join(", ")}]` });
}

const rate = fc.constantFrom(0.125, 0.25, 0.375);

const gradientDescent = defineExercise<
  (gradient: Gradient, start: number[], learningRate: number, steps: number) => number[],
  [axes: Axis[], learningRate: number, steps: number]
>({
  name: "gradientDescent",
  signature:
    "gradientDescent(gradient: (x: number[]) => number[], start: number[], learningRate: number, steps: number): number[]",
  task:
    "Start at start and take so many steps: at each, subtract learningRate times the gradient at the current point. " +
    "Return the last point.",
  returns: numbers,
  cases: fc.tuple(fc.array(fc.tuple(short, short), { minLength: 1, maxLength: 3 }), rate, fc.nat({ max: 12 })),
  laws: [
    {
      says: "After 0 steps you are still at start.",
      claim: (descend, axes, rate) => {
        const start = axes.map(([start]) => start);
        return { expected: start, got: descend(bowlGradient(axes), start, rate, 0) };
      },
    },
    {
      says: "One step is start − learningRate · gradient(start).",
      claim: (descend, axes, rate) => ({
        expected: axes.map(([start, lowest]) => start - rate * 2 * (start - lowest)),
        got: descend(bowlGradient(axes), axes.map(([start]) => start), rate, 1),
      }),
    },
    {
      says: "In a bowl, each step multiplies the distance to the lowest point by 1 − 2·learningRate.",
      claim: (descend, axes, rate, steps) => ({
        expected: axes.map(([start, lowest]) => lowest + (1 - 2 * rate) ** steps * (start - lowest)),
        got: descend(bowlGradient(axes), axes.map(([start]) => start), rate, steps),
      }),
    },
    {
      says: "All coordinates move at once, even if the slope along one depends on another.",
      claim: (descend, axes, rate) => {
        const [start, gradient] = [axes.map(([start]) => start), coupledGradient(axes.length)];
        const slopes = gradient(start);
        return {
          expected: start.map((x, i) => x - rate * (slopes[i] ?? NaN)),
          got: descend(gradient, [...start], rate, 1),
        };
      },
    },
  ],
});

export const neuronToMlp = [neuron, hingeLoss, accuracy, parameterCount, gradientDescent];
