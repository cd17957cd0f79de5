/** TensorFlow.js with its WebAssembly backend. */

import * as tf from "@tensorflow/tfjs";
import { tensorflow } from "../../engines/tensorflow.ts";
import { BATCH_SIZE as B, OPTIMIZER, SIZES } from "../configuration.ts";
import type { Trainer } from "../trainer.ts";

const { vocabSize: V, contextLength: T, layers, heads: H, dim: C } = SIZES;

/** The parameters: variables, which the optimizer finds on its own. */
function initial() {
  const normal = (shape: [number, number], deviation = 0.02) => tf.variable(tf.randomNormal(shape, 0, deviation));
  const ones = () => tf.variable(tf.ones([C]));
  const residual = 0.02 / Math.sqrt(2 * layers);
  return {
    tokens: normal([V, C]),
    positions: normal([T, C]),
    blocks: Array.from({ length: layers }, () => ({
      attentionNorm: ones(),
      qkv: normal([C, 3 * C]),
      out: normal([C, C], residual),
      feedForwardNorm: ones(),
      up: normal([C, 4 * C]),
      down: normal([4 * C, C], residual),
    })),
    norm: ones(),
  };
}

/** Along the last axis, `gain ⊙ (x − mean) / √(var + eps)`. */
function layerNorm(x: tf.Tensor, gain: tf.Tensor): tf.Tensor {
  const centred = x.sub(x.mean(-1, true));
  return centred.div(centred.square().mean(-1, true).add(1e-5).sqrt()).mul(gain);
}

/** GPT-2's: `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`. */
function gelu(x: tf.Tensor): tf.Tensor {
  const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
  return x.mul(0.5).mul(inner.tanh().add(1));
}

/** `[B T, 3 C] → [B T, C]`; `hidden`, `[T, T]`, adds −10⁹ to the scores of later keys. */
function attend(qkv: tf.Tensor, hidden: tf.Tensor): tf.Tensor {
  const [q, k, v] = qkv.split(3, 1).map((part) => part.reshape([B, T, H, C / H]).transpose([0, 2, 1, 3])); // [B, H, T, D]
  const scores = tf.matMul(q!, k!, false, true).mul(1 / Math.sqrt(C / H)).add(hidden); // [B, H, T, T]
  return tf.matMul(tf.softmax(scores), v!).transpose([0, 2, 1, 3]).reshape([B * T, C]);
}

export async function tensorflowTrainer(): Promise<Trainer> {
  const { name } = await tensorflow(); // selects the wasm backend
  const { tokens, positions, blocks, norm } = initial();
  const hidden = tf.tidy(() => tf.sub(1, tf.linalg.bandPart(tf.ones([T, T]), -1, 0)).mul(-1e9));
  const oneHot = (rows: number[][]) => tf.oneHot(tf.tensor1d(rows.flat(), "int32"), V).toFloat(); // [B T, V]

  const lossOf = (inputs: tf.Tensor, targets: tf.Tensor): tf.Scalar => {
    const embedded = tf.matMul(inputs, tokens).reshape([B, T, C]); // gather has no gradient on this backend
    let x: tf.Tensor = embedded.add(positions).reshape([B * T, C]);
    for (const { attentionNorm, qkv, out, feedForwardNorm, up, down } of blocks) {
      x = x.add(tf.matMul(attend(tf.matMul(layerNorm(x, attentionNorm), qkv), hidden), out));
      x = x.add(tf.matMul(gelu(tf.matMul(layerNorm(x, feedForwardNorm), up)), down));
    }
    const logits = tf.matMul(layerNorm(x, norm), tokens, false, true); // [B T, V]
    return tf.losses.softmaxCrossEntropy(targets, logits).asScalar();
  };
  const { lr, betas: [beta1, beta2] } = OPTIMIZER;
  const adam = tf.train.adam(lr, beta1, beta2);
  return {
    name,
    update: "Adam",
    step: ({ inputs, targets }) =>
      tf.tidy(() => {
        const [x, y] = [oneHot(inputs), oneHot(targets)];
        return adam.minimize(() => lossOf(x, y), true)!.dataSync()[0]!; // true: it returns the loss
      }),
  };
}
