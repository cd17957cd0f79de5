/**
 * Fused kernels: what a composition of primitive kernels could compute, done in one pass over the numbers.
 *
 * Each has a readable composed twin in `nn` or `autograd`; a device gains speed here, and never another meaning.
 * A backward kernel takes `grad`, the gradient of the loss by the forward kernel's output, and returns the gradients
 * by its inputs. As for every kernel, shapes have been checked by the time it is called, and no operand is written to.
 */

import type { Storage, UnaryBackwardOp, View } from "./kernels.ts";

/** Which keys a query may look at, and how scores are scaled. */
export interface AttentionRule {
  /** The factor of the scores, usually `1/√D`. */
  readonly scale: number;
  /** Whether a query sees no later key. The queries are the last T of the S positions: query t sees `s ≤ t + S − T`. */
  readonly causal: boolean;
  /** `[…, T, S]`, mostly a broadcast view: a query sees the keys where this is not 0. */
  readonly mask?: View;
}

/** What `attention` computes, and `attentionBackward` reads again. `Array` is `Storage` as a result, `View` as an operand. */
export interface Attended<Array> {
  /** `[…, T, E]` */
  readonly out: Array;
  /** `[…, T]`: the greatest score of each query, `−∞` where it sees no key. */
  readonly max: Array;
  /** `[…, T]`: the softmax's denominator `Σ e^(score − max)`, 0 where a query sees no key. */
  readonly sum: Array;
}

/** What AdamW keeps of one parameter: the running means of its gradient and of the gradient's square. */
export interface AdamWMoments {
  /** The running mean of the gradient. */
  readonly mean: Storage;
  /** The running mean of the gradient's square. */
  readonly square: Storage;
}

/** The numbers of one AdamW step. */
export interface AdamWOptions {
  /** The learning rate. */
  readonly lr: number;
  /** How much of the gradient's mean stays at each step. */
  readonly beta1: number;
  /** How much of the square's mean stays at each step. */
  readonly beta2: number;
  /** What the square root is increased by, against a division by 0. */
  readonly eps: number;
  /** How much of the parameter is taken off, times the learning rate. */
  readonly weightDecay: number;
  /** The number of this step, from 1: it corrects the moments' start at 0. */
  readonly step: number;
}

/** The fused kernels of one device. */
export interface FusedKernels {
  /** The gradient of `out = op(a)`: `grad ⊙ op′(a)`. At the kinks of abs and relu, `op′` is 0. */
  unaryBackward(op: UnaryBackwardOp, a: View, out: View, grad: View): Storage;

  /**
   * `s = e^(a − max a) / Σ e^(a − max a)` along the last axis, which is not empty. A row with `+∞` or NaN, or of `−∞` alone,
   * becomes NaN: here, in `logSoftmax` and in `crossEntropy`.
   */
  softmax(a: View): Storage;
  /** `da = s ⊙ (grad − Σ grad ⊙ s)` along the last axis, where `s = softmax(a)`. */
  softmaxBackward(s: View, grad: View): Storage;
  /** `l = a − max a − log Σ e^(a − max a)` along the last axis, which is not empty. */
  logSoftmax(a: View): Storage;
  /** `da = grad − e^l · Σ grad` along the last axis, where `l = logSoftmax(a)`. */
  logSoftmaxBackward(l: View, grad: View): Storage;

  /**
   * `out = gain ⊙ x̂ + bias` along the last axis, with `x̂ = (a − mean a) / √(var a + eps)`; the variance divides by C.
   * `a` is `[…, C]`, `gain` and `bias` are `[C]`. Rows of any finite numbers give the right result, also where squares
   * overflow.
   */
  layerNorm(a: View, gain: View, bias: View, eps: number): Storage;
  /** The gradients of `layerNorm`: by `a`, `[…, C]`, and by `gain` and `bias`, `[C]`. */
  layerNormBackward(a: View, gain: View, grad: View, eps: number): { a: Storage; gain: Storage; bias: Storage };
  /**
   * `out = gain ⊙ x̂` along the last axis, with `x̂ = a / √(mean a² + eps)`; `a` is `[…, C]`, `gain` is `[C]`. Rows of any
   * finite numbers give the right result, also where squares overflow.
   */
  rmsNorm(a: View, gain: View, eps: number): Storage;
  /** The gradients of `rmsNorm`: by `a`, `[…, C]`, and by `gain`, `[C]`. */
  rmsNormBackward(a: View, gain: View, grad: View, eps: number): { a: Storage; gain: Storage };

  /**
   * `loss[n] = log Σ e^logits[n] − logits[n, targets[n]]`, in nats, for logits `[N, V]`; the losses are `[N]`.
   * A negative target is ignored: its loss is 0.
   */
  crossEntropy(logits: View, targets: Int32Array): Storage;
  /**
   * `dlogits[n] = grad[n] · (softmax(logits[n]) − onehot(targets[n]))`, `[N, V]`, for `grad` `[N]`; 0 where the target
   * is ignored.
   */
  crossEntropyBackward(logits: View, targets: Int32Array, grad: View): Storage;

  /**
   * `out = softmax(scale · q kᵀ) v` over the keys that a query sees, without ever holding all T × S scores
   * (arXiv 2205.14135).
   *
   * `q` is `[…, T, D]`, `k` `[…, S, D]`, `v` `[…, S, E]`, the leading axes equal (heads that share keys are broadcast
   * views). A query that sees no key gets zeros.
   */
  attention(q: View, k: View, v: View, rule: AttentionRule): Attended<Storage>;
  /**
   * The gradients of `attention`, each of its operand's shape, given what it computed for the same operands.
   *
   * The weights are computed anew, `e^(score − max) / sum`, and are those of the forward kernel: with scores of some
   * thousands, `e^(score − logSumExp)` would not do, as float32 rounds such a logarithm by more than 10⁻⁴.
   */
  attentionBackward(
    q: View,
    k: View,
    v: View,
    attended: Attended<View>,
    grad: View,
    rule: AttentionRule,
  ): { q: Storage; k: Storage; v: Storage };

  /**
   * `out = a ⊙ keep / (1 − rate)`, where `keep` is 0 with probability `rate`, `0 ≤ rate < 1`, else 1.
   *
   * Whether element i (in row-major order) is kept depends on `seed` and i alone (`kernels/dropout.ts`), the same on
   * every device; so the same call on the output's gradient gives the input's.
   */
  dropout(a: View, rate: number, seed: number): Storage;

  /**
   * One step of AdamW (arXiv 1711.05101), `g` being the gradient and `t` the step:
   * `m ← β₁ m + (1 − β₁) g`, `s ← β₂ s + (1 − β₂) g²`, `p ← p − lr · (m̂ / (√ŝ + eps) + weightDecay · p)`, with
   * `m̂ = m / (1 − β₁ᵗ)` and `ŝ = s / (1 − β₂ᵗ)`.
   *
   * The new parameter is a new storage. The moments that are passed in are given up: a device may write the new ones
   * into them, so that only those returned may be used afterwards.
   */
  adamW(
    parameter: View,
    grad: View,
    moments: AdamWMoments,
    options: AdamWOptions,
  ): { parameter: Storage; moments: AdamWMoments };
}
