/** One right answer to each exercise of notebook 06. */
import { nn, type Random, type Tensor } from "nabla";

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);

/** Every place at which a token stands, with the context right before it, is looked at. */
export function nextProbability(tokens: number[], context: number[], next: number): number {
  const places = tokens.map((_, i) => i).slice(context.length)
    .filter((i) => context.every((token, j) => tokens[i - context.length + j] === token));
  return places.filter((i) => tokens[i] === next).length / (places.length || 1);
}

export function smoothedShares(counts: number[], alpha: number): number[] {
  return counts.map((count) => (count + alpha) / (sum(counts) + alpha * counts.length));
}

/** The largest logit is taken off first: it becomes e⁰, and the others cannot all vanish. */
export function withTemperature(probabilities: number[], temperature: number): number[] {
  const logits = probabilities.map((p) => Math.log(p) / temperature);
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  return powers.map((power) => power / sum(powers));
}

/** e to the mean of −ln p: a product of the probabilities themselves would vanish. */
export function perplexity(probabilities: number[]): number {
  return Math.exp(sum(probabilities.map((p) => -Math.log(p))) / probabilities.length);
}

interface Sizes {
  readonly V: number;
  readonly T: number;
  readonly C: number;
  readonly hidden: number;
}

/** The short cut sees what the hidden layer sees, and the two are added where both are logits. */
class DirectNetwork extends nn.Module {
  readonly embedding: nn.Embedding;
  readonly hidden: nn.Linear;
  readonly head: nn.Linear;
  readonly direct: nn.Linear;

  constructor({ V, T, C, hidden }: Sizes, random: Random) {
    super();
    this.embedding = new nn.Embedding(V, C, { random });
    this.hidden = new nn.Linear(T * C, hidden, { random });
    this.head = new nn.Linear(hidden, V, { random });
    this.direct = new nn.Linear(T * C, V, { bias: false, random });
  }

  override forward(contexts: number[][]): Tensor { // [B, T]
    const joined = this.embedding.forward(contexts).reshape([contexts.length, -1]); // [B, T·C]
    return this.head.forward(this.hidden.forward(joined).tanh()).add(this.direct.forward(joined)); // [B, V]
  }
}

export function directNetwork(sizes: Sizes, random: Random): nn.Module {
  return new DirectNetwork(sizes, random);
}
