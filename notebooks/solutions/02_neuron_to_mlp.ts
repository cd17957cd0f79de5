/** One right answer to each exercise of notebook 02. */

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);

export function neuron(weights: number[], bias: number, inputs: number[]): number {
  return Math.tanh(sum(weights.map((w, i) => w * (inputs[i] ?? NaN))) + bias);
}

export function hingeLoss(scores: number[], labels: number[]): number {
  return sum(scores.map((score, i) => Math.max(0, 1 - (labels[i] ?? NaN) * score))) / scores.length;
}

export function accuracy(scores: number[], labels: number[]): number {
  return scores.filter((score, i) => (score > 0 ? 1 : -1) === labels[i]).length / scores.length;
}

/** A neuron has one weight for each input, and one bias. */
export function parameterCount(sizes: number[]): number {
  return sum(sizes.slice(1).map((neurons, i) => neurons * ((sizes[i] ?? NaN) + 1)));
}

export function gradientDescent(
  gradient: (x: number[]) => number[],
  start: number[],
  learningRate: number,
  steps: number,
): number[] {
  let x = start;
  for (let step = 0; step < steps; step++) {
    const slope = gradient(x); // at the current point, so it has to be asked for again at every step
    x = x.map((xi, i) => xi - learningRate * (slope[i] ?? NaN));
  }
  return x;
}
