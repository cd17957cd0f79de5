/** One right answer to each exercise of notebook 08. */
import { nn, type Random, type Tensor } from "nabla";

const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

export function layerNorm(x: number[]): number[] {
  const centred = x.map((value) => value - mean(x));
  const deviation = Math.sqrt(mean(centred.map((value) => value * value)));
  return centred.map((value) => value / deviation);
}

export function sinusoid(position: number, width: number): number[] {
  return Array.from({ length: width }, (_, c) => {
    const angle = position / 10000 ** ((c - c % 2) / width); // both of a pair have the same
    return c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}

export function turn(x: number[], position: number): number[] {
  const half = x.length / 2;
  return x.map((value, c) => {
    const angle = position / 10000 ** ((c % half) / half);
    const partner = x[(c + half) % x.length] ?? NaN;
    return value * Math.cos(angle) + (c < half ? -1 : 1) * partner * Math.sin(angle);
  });
}

export function greedy(next: (tokens: number[]) => number[], start: number, end: number, most: number): number[] {
  const added: number[] = [];
  while (added.length < most) {
    const scores = next([start, ...added]);
    const best = scores.indexOf(Math.max(...scores));
    if (best === end) break;
    added.push(best);
  }
  return added;
}

interface Sizes {
  readonly V: number;
  readonly C: number;
  readonly H: number;
  readonly layers: number;
}

/** The decoder of the translator without its cross-attention: one table reads the tokens and writes the logits. */
class Decoder extends nn.Module {
  readonly embedding: nn.Embedding;
  readonly blocks: nn.Block[];
  readonly norm: nn.LayerNorm;

  constructor({ V, C, H, layers }: Sizes, random: Random) {
    super();
    this.embedding = new nn.Embedding(V, C, { random });
    this.blocks = Array.from({ length: layers }, () => new nn.Block({ dim: C, heads: H, random }));
    this.norm = new nn.LayerNorm(C);
  }

  override forward(tokens: number[][]): Tensor { // [B, T]
    const table = this.embedding.weight; // [V, C]
    const [, C = 0] = table.shape;
    const embedded = this.embedding.forward(tokens).mul(Math.sqrt(C)); // [B, T, C]
    const start = embedded.add(nn.sinusoidalPositions(tokens[0]?.length ?? 0, C));
    const stream = this.blocks.reduce((x, block) => block.forward(x, { causal: true }), start);
    return this.norm.forward(stream).matmul(table.transpose()); // [B, T, V]
  }
}

export function decoder(sizes: Sizes, random: Random): nn.Module {
  return new Decoder(sizes, random);
}
