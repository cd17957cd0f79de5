/** One right answer to each exercise of notebook 07. */

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * (b[i] ?? NaN)));

/** The largest score is taken off first, so that no power overflows. */
function softmax(scores: readonly number[]): number[] {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  return powers.map((power) => power / sum(powers));
}

export function attend(query: number[], keys: number[][], values: number[][]): number[] {
  const weights = softmax(keys.map((key) => dot(query, key) / Math.sqrt(query.length))); // [S]
  const [first = []] = values;
  return first.map((_, e) => sum(values.map((value, s) => (weights[s] ?? NaN) * (value[e] ?? NaN)))); // [E]
}

/** The future is cut off before the softmax, not after it. */
export function causalSoftmax(scores: number[][]): number[][] {
  return scores.map((row, t) => [...softmax(row.slice(0, t + 1)), ...row.slice(t + 1).map(() => 0)]);
}

export function splitHeads(x: number[][], heads: number): number[][][] {
  const D = (x[0]?.length ?? 0) / heads;
  return Array.from({ length: heads }, (_, h) => x.map((row) => row.slice(h * D, (h + 1) * D))); // [H, T, D]
}

/** `∂L/∂sⱼ = wⱼ (gⱼ − Σᵢ wᵢ gᵢ)`: how much better than the average a weight is worth, times the weight. */
export function softmaxBackward(weights: number[], gradient: number[]): number[] {
  const average = dot(weights, gradient);
  return weights.map((weight, j) => weight * ((gradient[j] ?? NaN) - average));
}

/** Sum and mixture are those of powers relative to the largest score so far, and shrink when a larger one comes. */
export function attendInOnePass(stream: Iterable<[score: number, value: number]>): number {
  let [largest, total, mixture] = [-Infinity, 0, 0];
  for (const [score, value] of stream) {
    const before = largest;
    largest = Math.max(before, score);
    const [shrink, power] = [Math.exp(before - largest), Math.exp(score - largest)];
    total = total * shrink + power;
    mixture = mixture * shrink + power * value;
  }
  return mixture / total;
}
