/** jax-js with its WebAssembly backend: the whole step, update included, compiled by `jit`. */

import { type Array as JaxArray, blockUntilReady, jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
import { jax } from "../../engines/jax.ts";
import { BATCH_SIZE as B, SIZES } from "../configuration.ts";
import type { Trainer } from "../trainer.ts";

const { vocabSize: V, contextLength: T, layers, heads: H, dim: C } = SIZES;

/** With this rate, the loss of plain SGD falls about as fast as Adam's. */
const LEARNING_RATE = 0.1;

type Block = Record<"attentionNorm" | "qkv" | "out" | "feedForwardNorm" | "up" | "down", JaxArray>;
type Parameters = { tokens: JaxArray; positions: JaxArray; blocks: Block[]; norm: JaxArray };

function initial(): Parameters {
  let seed = 0;
  const normal = (shape: number[], deviation = 0.02) => random.normal(random.key(seed++), shape).mul(deviation);
  const residual = 0.02 / Math.sqrt(2 * layers);
  const block = (): Block => ({
    attentionNorm: np.ones([C]),
    qkv: normal([C, 3 * C]),
    out: normal([C, C], residual),
    feedForwardNorm: np.ones([C]),
    up: normal([C, 4 * C]),
    down: normal([4 * C, C], residual),
  });
  return {
    tokens: normal([V, C]),
    positions: normal([T, C]),
    blocks: Array.from({ length: layers }, block),
    norm: np.ones([C]),
  };
}

/** The mean loss. Passing an array consumes it; `ref` keeps it for one more use. */
function lossOf({ tokens, positions, blocks, norm }: Parameters, inputs: JaxArray, targets: JaxArray): JaxArray {
  const embedded = np.matmul(nn.oneHot(inputs, V), tokens.ref); // [B T, C]; `take` has no gradient under jit
  let x = embedded.reshape([B, T, C]).add(positions).reshape([B * T, C]);
  for (const block of blocks) {
    const normed = nn.standardize(x.ref).mul(block.attentionNorm); // [B T, C]
    const [q, k, v] = np.split(np.matmul(normed, block.qkv), 3, 1).map((part) => part.reshape([B, T, H, C / H]));
    const attended = nn.dotProductAttention(q!, k!, v!, { isCausal: true }).reshape([B * T, C]);
    x = x.add(np.matmul(attended, block.out));
    const hidden = np.matmul(nn.standardize(x.ref).mul(block.feedForwardNorm), block.up); // [B T, 4 C]
    x = x.add(np.matmul(nn.gelu(hidden, { approximate: true }), block.down));
  }
  const logits = np.matmul(nn.standardize(x).mul(norm), np.transpose(tokens)); // [B T, V]
  return nn.logSoftmax(logits).mul(nn.oneHot(targets, V)).sum().mul(-1 / (B * T));
}

export async function jaxTrainer(): Promise<Trainer> {
  const { name } = await jax(); // selects the wasm backend
  const lossAndGradients = valueAndGrad(lossOf);
  const step = jit((parameters: Parameters, inputs: JaxArray, targets: JaxArray): [JaxArray, Parameters] => {
    const [loss, gradients] = lossAndGradients(tree.ref(parameters), inputs, targets);
    const move = (p: JaxArray, gradient: JaxArray) => p.sub(gradient.mul(LEARNING_RATE));
    return [loss, tree.map(move, parameters, gradients)];
  });
  const integers = (rows: number[][]) => np.array(Int32Array.from(rows.flat()), { dtype: np.int32 }); // [B T]
  let parameters = initial();
  return {
    name: `${name}, jit`,
    update: "plain SGD",
    step: async ({ inputs, targets }) => {
      const [loss, moved] = step(parameters, integers(inputs), integers(targets));
      parameters = await blockUntilReady(moved);
      return loss.dataSync()[0]!;
    },
  };
}
