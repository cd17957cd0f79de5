/** Classic wrong answers to the exercises that build a model: one each in notebooks 06, 07 and 08. */
import { nn, noGrad, type Random, type Tensor } from "nabla";
import type { Mistakes } from "./mistakes.ts";

/** A module made of named parts and of a function of them. */
class Made<Parts extends object, Input> extends nn.Module {
  #forward: (parts: Parts, input: Input) => Tensor;

  constructor(readonly parts: Parts, forward: (parts: Parts, input: Input) => Tensor) {
    super();
    Object.assign(this, parts); // as fields, so that they are found
    this.#forward = forward;
  }

  override forward(input: Input): Tensor {
    return this.#forward(this.parts, input);
  }
}

interface NetworkSizes {
  readonly V: number;
  readonly T: number;
  readonly C: number;
  readonly hidden: number;
}
const networkParts = ({ V, T, C, hidden }: NetworkSizes, random: Random) => ({
  embedding: new nn.Embedding(V, C, { random }),
  hidden: new nn.Linear(T * C, hidden, { random }),
  head: new nn.Linear(hidden, V, { random }),
  direct: new nn.Linear(T * C, V, { bias: false, random }),
});
type NetworkParts = ReturnType<typeof networkParts>;
const joined = ({ embedding }: NetworkParts, contexts: number[][]) =>
  embedding.forward(contexts).reshape([contexts.length, -1]); // [B, T·C]

/** The network with the logits worked out in one's own way. */
const network =
  (forward: (parts: NetworkParts, contexts: number[][]) => Tensor) => (sizes: NetworkSizes, random: Random) =>
    new Made(networkParts(sizes, random), forward);
const through = ({ hidden, head }: NetworkParts, x: Tensor) => head.forward(hidden.forward(x).tanh());

interface LayerSizes {
  readonly C: number;
  readonly H: number;
}
const layerParts = ({ C, H }: LayerSizes, random: Random) => ({
  query: new nn.Linear(C, C, { random }),
  key: new nn.Linear(C, C / H, { random }),
  value: new nn.Linear(C, C / H, { random }),
  out: new nn.Linear(C, C, { random }),
});
type LayerParts = ReturnType<typeof layerParts>;
type Attend = (q: Tensor, k: Tensor, v: Tensor) => Tensor;
const causal: Attend = (q, k, v) => nn.attention(q, k, v, { causal: true });

const oneHead = (x: Tensor) => x.reshape([x.shape[0] ?? 0, 1, ...x.shape.slice(1)]); // [B, T, D] → [B, 1, T, D]

/** What the layer makes of x, with attention of one's own, and one's own way to cut the queries and to join the heads. */
function forwardOf(
  { query, key, value, out }: LayerParts,
  { C, H }: LayerSizes,
  x: Tensor,
  { attend = causal, split = true, join = true, project = true } = {},
): Tensor {
  const [B = 0, T = 0] = x.shape;
  const all = query.forward(x); // [B, T, C]
  const q = split ? all.reshape([B, T, H, C / H]).permute([0, 2, 1, 3]) : all.reshape([B, H, T, C / H]); // [B, H, T, D]
  const heads = attend(q, oneHead(key.forward(x)), oneHead(value.forward(x))); // [B, H, T, D]
  const together = (join ? heads.permute([0, 2, 1, 3]) : heads).reshape([B, T, C]);
  return project ? out.forward(together) : together;
}
const layer = (how: Parameters<typeof forwardOf>[3]) => (sizes: LayerSizes, random: Random) =>
  new Made(layerParts(sizes, random), (parts: LayerParts, x: Tensor) => forwardOf(parts, sizes, x, how));
const weighed = (q: Tensor, k: Tensor, scale: number) => q.matmul(k.transpose()).mul(scale); // [B, H, T, T]
const future = (T: number) => Array.from({ length: T }, (_, t) => Array.from({ length: T }, (_, s) => s > t));

interface DecoderSizes {
  readonly V: number;
  readonly C: number;
  readonly H: number;
  readonly layers: number;
}
const decoderParts = ({ V, C, H, layers }: DecoderSizes, random: Random) => ({
  embedding: new nn.Embedding(V, C, { random }),
  blocks: Array.from({ length: layers }, () => new nn.Block({ dim: C, heads: H, random })),
  norm: new nn.LayerNorm(C),
});
type DecoderParts = ReturnType<typeof decoderParts>;
interface DecoderSwitches {
  readonly causal?: boolean;
  readonly positions?: boolean;
  readonly scale?: boolean;
  readonly norm?: boolean;
}

/** The decoder with a part left out. */
const decoderWith = (parts: DecoderParts, tokens: number[][], switches: DecoderSwitches = {}): Tensor => {
  const { causal = true, positions = true, scale = true, norm = true } = switches;
  const table = parts.embedding.weight; // [V, C]
  const C = table.shape[1] ?? 0;
  const rows = parts.embedding.forward(tokens).mul(scale ? Math.sqrt(C) : 1); // [B, T, C]
  const start = positions ? rows.add(nn.sinusoidalPositions(tokens[0]?.length ?? 0, C)) : rows;
  const stream = parts.blocks.reduce((x, block) => block.forward(x, { causal }), start);
  return (norm ? parts.norm.forward(stream) : stream).matmul(table.transpose()); // [B, T, V]
};
const decoder = (switches: DecoderSwitches) => (sizes: DecoderSizes, random: Random) =>
  new Made(decoderParts(sizes, random), (parts, tokens: number[][]) => decoderWith(parts, tokens, switches));

export const modelMistakes: Readonly<Record<string, Mistakes>> = {
  directNetwork: {
    "has no short cut": (sizes: NetworkSizes, random: Random) => {
      const { direct: _, ...parts } = networkParts(sizes, random);
      return new Made(parts, (parts, contexts: number[][]) =>
        parts.head.forward(
          parts.hidden.forward(parts.embedding.forward(contexts).reshape([contexts.length, -1])).tanh(),
        ));
    },
    "has a short cut that it does not use": network((parts, contexts) => through(parts, joined(parts, contexts))),
    "forgets the tanh": network((parts, contexts) => {
      const x = joined(parts, contexts);
      return parts.head.forward(parts.hidden.forward(x)).add(parts.direct.forward(x));
    }),
    "multiplies where it should add": network((parts, contexts) => {
      const x = joined(parts, contexts);
      return through(parts, x).mul(parts.direct.forward(x));
    }),
    "gives the short cut a bias": (sizes: NetworkSizes, random: Random) => {
      const direct = new nn.Linear(sizes.T * sizes.C, sizes.V, { random });
      return new Made({ ...networkParts(sizes, random), direct }, (parts, contexts: number[][]) => {
        const x = joined(parts, contexts);
        return through(parts, x).add(parts.direct.forward(x));
      });
    },
    "draws new layers in every forward": (sizes: NetworkSizes, random: Random) =>
      new Made(networkParts(sizes, random), (parts, contexts: number[][]) => {
        const x = joined(parts, contexts);
        return through(parts, x).add(networkParts(sizes, random).direct.forward(x));
      }),
    "lets no gradient reach the embeddings": network((parts, contexts) => {
      const x = noGrad(() => joined(parts, contexts));
      return through(parts, x).add(parts.direct.forward(x));
    }),
    "mixes up the contexts of a batch": network((parts, contexts) => {
      const rows = parts.embedding.forward(contexts); // [B, T, C]
      const x = rows.permute([1, 0, 2]).reshape([contexts.length, -1]); // a context's rows belong together
      return through(parts, x).add(parts.direct.forward(x));
    }),
    "returns probabilities": network((parts, contexts) => {
      const x = joined(parts, contexts);
      return through(parts, x).add(parts.direct.forward(x)).softmax(-1);
    }),
    "returns the logits of the first context alone": network((parts, contexts) => {
      const x = joined(parts, contexts);
      return through(parts, x).add(parts.direct.forward(x)).slice(0);
    }),
    "keeps its layers where they are not found": (sizes: NetworkSizes, random: Random) => {
      const hidden = networkParts(sizes, random);
      return new Made({}, (_, contexts: number[][]) => through(hidden, joined(hidden, contexts)));
    },
  },
  multiQuery: {
    "keeps a key and a value for each head": (sizes: LayerSizes, random: Random) =>
      new Made(
        { all: new nn.MultiHeadAttention({ dim: sizes.C, heads: sizes.H, random }) },
        ({ all }, x: Tensor) => all.forward(x, { causal: true }),
      ),
    "masks nothing": layer({ attend: (q, k, v) => nn.attention(q, k, v) }),
    "masks after the softmax": layer({
      attend: (q, k, v) => {
        const weights = weighed(q, k, 1 / Math.sqrt(q.shape.at(-1) ?? 1)).softmax(-1);
        return weights.maskedFill(future(q.shape.at(-2) ?? 0), 0).matmul(v);
      },
    }),
    "forgets √D": layer({
      attend: (q, k, v) => weighed(q, k, 1).maskedFill(future(q.shape.at(-2) ?? 0), -Infinity).softmax(-1).matmul(v),
    }),
    "joins the heads without moving their axis back": layer({ join: false }),
    "cuts rows where it should cut columns": layer({ split: false }),
    "forgets the last projection": layer({ project: false }),
    "returns the heads as they are": (sizes: LayerSizes, random: Random) =>
      new Made(layerParts(sizes, random), ({ query, key, value }: LayerParts, x: Tensor) => {
        const q = query.forward(x).reshape([...x.shape.slice(0, 2), sizes.H, -1]).permute([0, 2, 1, 3]);
        return causal(q, oneHead(key.forward(x)), oneHead(value.forward(x)));
      }),
    "draws the queries anew in every forward": (sizes: LayerSizes, random: Random) =>
      new Made(layerParts(sizes, random), (parts: LayerParts, x: Tensor) => {
        const { query } = layerParts(sizes, random);
        return forwardOf({ ...parts, query }, sizes, x);
      }),
  },
  decoder: {
    "lets every token see the future": decoder({ causal: false }),
    "forgets the positions": decoder({ positions: false }),
    "forgets √C": decoder({ scale: false }),
    "leaves out the last norm": decoder({ norm: false }),
    "has a head of its own": (sizes: DecoderSizes, random: Random) => {
      const head = new nn.Linear(sizes.C, sizes.V, { bias: false, random });
      return new Made({ ...decoderParts(sizes, random), head }, (parts, tokens: number[][]) => {
        const x = parts.embedding.forward(tokens).mul(Math.sqrt(sizes.C)).add(nn.sinusoidalPositions(3, sizes.C));
        return parts.head.forward(
          parts.norm.forward(parts.blocks.reduce((x, block) => block.forward(x, { causal: true }), x)),
        );
      });
    },
    "goes through the first block again and again": (sizes: DecoderSizes, random: Random) =>
      new Made(decoderParts(sizes, random), (parts, tokens: number[][]) => {
        const [first = new nn.Block({ dim: sizes.C, heads: sizes.H, random })] = parts.blocks;
        return decoderWith({ ...parts, blocks: parts.blocks.map(() => first) }, tokens);
      }),
    "returns the logits of the last token alone": (sizes: DecoderSizes, random: Random) =>
      new Made(decoderParts(sizes, random), (parts, tokens: number[][]) => decoderWith(parts, tokens).slice(null, -1)),
    "draws new blocks in every forward": (sizes: DecoderSizes, random: Random) =>
      new Made(decoderParts(sizes, random), (parts, tokens: number[][]) => {
        const blocks = parts.blocks.map(() => new nn.Block({ dim: sizes.C, heads: sizes.H, random }));
        return decoderWith({ ...parts, blocks }, tokens);
      }),
  },
};
