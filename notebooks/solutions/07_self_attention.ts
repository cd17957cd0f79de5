/** One right answer to each exercise of notebook 07. */
import { nn, type Random, type Tensor } from "nabla";

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

interface Sizes {
  readonly C: number;
  readonly H: number;
}

/** H heads of queries look at one head of keys and values, which stretches over them all. */
class MultiQuery extends nn.Module {
  readonly query: nn.Linear;
  readonly key: nn.Linear;
  readonly value: nn.Linear;
  readonly out: nn.Linear;

  constructor(readonly sizes: Sizes, random: Random) {
    super();
    const { C, H } = sizes;
    this.query = new nn.Linear(C, C, { random });
    this.key = new nn.Linear(C, C / H, { random });
    this.value = new nn.Linear(C, C / H, { random });
    this.out = new nn.Linear(C, C, { random });
  }

  override forward(x: Tensor): Tensor { // [B, T, C]
    const { C, H } = this.sizes;
    const [B = 0, T = 0] = x.shape;
    const q = this.query.forward(x).reshape([B, T, H, C / H]).permute([0, 2, 1, 3]); // [B, H, T, D]
    const [k, v] = [this.key, this.value].map((layer) => layer.forward(x).reshape([B, 1, T, C / H])); // [B, 1, T, D] each
    const heads = nn.attention(q, k!, v!, { causal: true }); // [B, H, T, D]
    return this.out.forward(heads.permute([0, 2, 1, 3]).reshape([B, T, C]));
  }
}

export function multiQuery(sizes: Sizes, random: Random): nn.Module {
  return new MultiQuery(sizes, random);
}
