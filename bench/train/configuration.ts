/** The model: nanoGPT's configuration for a CPU (`config/train_shakespeare_char.py`), the same for every engine. */

import { Random } from "nabla";
import { type TextBatch, TextWindows } from "nabla/nn/data/mod.ts";

/** V, T, the number of blocks, H and C. */
export const SIZES = { vocabSize: 65, contextLength: 64, layers: 4, heads: 4, dim: 128 } as const;

/** B, the number of windows in a step. */
export const BATCH_SIZE = 12;

export const TOKENS_PER_STEP = BATCH_SIZE * SIZES.contextLength;

/** AdamW with nanoGPT's settings. */
export const OPTIMIZER = { lr: 1e-3, betas: [0.9, 0.99], weightDecay: 0.1 } as const;

/** The norm to which gradients are clipped. */
export const MAX_NORM = 1;

/**
 * Batches of a made-up text that can be learned quickly: a token is followed by five times itself, plus 0, 1 or 2. A
 * uniform guess costs ln 65 ≈ 4.17 nats, and knowing the rule ln 3 ≈ 1.10.
 */
export function* learnableBatches(): Generator<TextBatch, never> {
  const random = new Random(1);
  const text = [0];
  while (text.length < 10_000) text.push((5 * text.at(-1)! + random.integer(0, 3)) % SIZES.vocabSize);
  const windows = new TextWindows(text, SIZES.contextLength);
  while (true) yield windows.sample(BATCH_SIZE, { random });
}

/**
 * The multiplications and additions in the matrix products of a step, forward and backward.
 *
 * A weight is multiplied three times per token: forward, for its own gradient and for its input's. The same holds for
 * queries and keys, and for weights and values; half of their T × T products are masked, and not counted.
 */
export function operationsPerStep(): number {
  const { vocabSize: V, contextLength: T, layers, dim: C } = SIZES;
  const weights = layers * 12 * C * C + V * C; // 4 C² in an attention, 8 C² in a feed-forward network; the head
  const attention = layers * 2 * C * T / 2; // q · kᵀ and weights · v, per token
  return 3 * 2 * (weights + attention) * TOKENS_PER_STEP;
}
