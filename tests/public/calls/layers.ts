/** Valid calls of nn/module.ts and what nn/layers exports. */

import { nn, Random, Tensor } from "../../../mod.ts";
import type { Calls } from "../law.ts";

const random = () => new Random(1);
const linear = () => new nn.Linear(4, 3, { random: random() });
const x = () => Tensor.ones([2, 3, 4]); // [B, T, C]
const row = () => Tensor.ones([4]);
const mask = [[[1, 1, 0]]]; // [1, 1, S]
const heads = () => ({ dim: 4, heads: 2, groups: 1, sourceDim: 4, bias: true, dropout: 0.1, rotary: true });
const attention = () => new nn.MultiHeadAttention({ ...heads(), random: random() });
const attend = () => ({ causal: true, mask: [1, 1, 1], source: x(), cache: new nn.KeyValueCache(), fused: false });
const network = () => ({ dim: 4, hidden: 6, activation: "relu" as const, bias: true, dropout: 0.1, random: random() });
const blockOptions = () => ({
  ...network(),
  heads: 2,
  norm: "post" as const,
  cross: true,
  eps: 1e-5,
  attentionDropout: 0.1,
});

export const LAYERS: Calls = {
  "nn.Module#forward": () => ({ on: linear(), given: [x()] }),
  "nn.Module#train": () => ({ on: linear(), given: [] }),
  "nn.Module#eval": () => ({ on: linear(), given: [] }),
  "nn.Module#namedParameters": () => ({ on: linear(), given: [] }),
  "nn.Module#parameters": () => ({ on: linear(), given: [] }),
  "nn.Module#namedModules": () => ({ on: linear(), given: [] }),
  "nn.Module#stateDict": () => ({ on: linear(), given: [] }),
  "nn.Module#loadStateDict": () => ({ on: linear(), given: [linear().stateDict(), { strict: true }] }),
  "nn.Module#summary": () => ({ on: linear(), given: [] }),
  "nn.parameter": () => ({ given: [[1, 2]] }),
  "nn.withoutDrawing": () => ({ given: [(random: Random) => new nn.Linear(1, 1, { random })] }),
  "nn.Linear": () => ({ given: [4, 3, { bias: false, random: random() }] }),
  "nn.Linear#forward": () => ({ on: linear(), given: [x()] }),
  "nn.Sequential": () => ({ given: [linear(), (x: Tensor) => x.relu()] }),
  "nn.Sequential#forward": () => ({ on: new nn.Sequential(linear()), given: [x()] }),
  "nn.Embedding": () => ({ given: [5, 4, { paddingIndex: 0, random: random() }] }),
  "nn.Embedding#forward": () => ({ on: new nn.Embedding(5, 4, { random: random() }), given: [[[1, 2], [3, 4]]] }),
  "nn.LayerNorm": () => ({ given: [4, { eps: 1e-6, bias: false }] }),
  "nn.LayerNorm#forward": () => ({ on: new nn.LayerNorm(4), given: [x()] }),
  "nn.layerNorm": () => ({ given: [x(), row(), row(), 1e-6] }),
  "nn.RMSNorm": () => ({ given: [4, { eps: 1e-6 }] }),
  "nn.RMSNorm#forward": () => ({ on: new nn.RMSNorm(4), given: [x()] }),
  "nn.rmsNorm": () => ({ given: [x(), row(), 1e-6] }),
  "nn.Dropout": () => ({ given: [0.5, { random: random() }] }),
  "nn.Dropout#forward": () => ({ on: new nn.Dropout(0.5, { random: random() }), given: [x()] }),
  "nn.dropout": () => ({ given: [x(), 0.5, 3] }),
  "nn.FeedForward": () => ({ given: [network()] }),
  "nn.FeedForward#forward": () => ({ on: new nn.FeedForward(network()), given: [x()] }),
  "nn.attention": () => ({
    given: [x(), x(), x(), {
      causal: true,
      mask,
      dropout: new nn.Dropout(0.5, { random: random() }),
      fused: false,
    }],
  }),
  "nn.attentionWeights": () => ({ given: [x(), x(), { causal: true, mask }] }),
  "nn.MultiHeadAttention": () => ({ given: [{ ...heads(), random: random() }] }),
  "nn.MultiHeadAttention#forward": () => ({ on: attention(), given: [x(), attend()] }),
  "nn.MultiHeadAttention#weights": () => ({ on: attention(), given: [x(), attend()] }),
  "nn.MultiHeadAttention#project": () => ({ on: attention(), given: [x(), attend()] }),
  "nn.KeyValueCache#append": () => ({ on: new nn.KeyValueCache(), given: [x(), x()] }),
  "nn.KeyValueCache#repeat": () => ({ on: new nn.KeyValueCache(), given: [2] }),
  "nn.rotate": () => ({ given: [x(), 2] }),
  "nn.sinusoidalPositions": () => ({ given: [3, 4] }),
  "nn.Block": () => ({ given: [blockOptions()] }),
  "nn.Block#forward": () => ({
    on: new nn.Block({ ...blockOptions(), cross: false }), // a block without a source
    given: [x(), { causal: true, mask, cache: new nn.KeyValueCache(), source: undefined, sourceMask: undefined }],
  }),
};
