/**
 * Fused kernels: what a composition of primitive kernels could compute, done in one pass over the numbers.
 *
 * Each has a composed twin in `nn` or `autograd` that computes the same from primitive operations, more slowly.
 * A backward kernel takes `grad`, the gradient of the loss with respect to the forward kernel's output, and returns the
 * gradients with respect to its inputs. The rules of `kernels.ts` hold for these kernels too.
 */

import type { Storage, UnaryBackwardOp, View } from "./kernels.ts";

/** Which keys a query may look at, and how scores are scaled. */
export interface AttentionRule {
  /** The factor of the scores, usually `1/√D`. */
  readonly scale: number;
  /** Whether a query sees no later key. The queries are the last T of the S positions: query t sees `s ≤ t + S − T`. */
  readonly causal: boolean;
  /** `[…, T, S]`, usually a broadcast view: a query sees the keys where this is not 0. */
  readonly mask?: View;
}

/** What `attention` returns (each `Array` a `Storage`) and `attentionBackward` takes (each a `View`). */
export interface Attended<Array> {
  /** The weighted means of the values, `[…, T, E]`. */
  readonly out: Array;
  /** The greatest score of each query, `[…, T]`: `−∞` for a query that sees no key. */
  readonly max: Array;
  /** The denominator of each query's softmax, `Σ e^(score − max)`, `[…, T]`: 0 for a query that sees no key. */
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
  /** The share of the gradient's mean that each step keeps. */
  readonly beta1: number;
  /** The share of the square's mean that each step keeps. */
  readonly beta2: number;
  /** Added to the square root, so that nothing is divided by 0. */
  readonly eps: number;
  /** The share of the parameter that a step of learning rate 1 would subtract. */
  readonly weightDecay: number;
  /** The number of this step, counted from 1, which corrects for moments that start at 0. */
  readonly step: number;
}

/** The fused kernels of one device. */
export interface FusedKernels {
  /** The gradient of `out = op(a)`: `grad ⊙ op′(a)`. At the kinks of abs and relu, `op′` is 0. */
  unaryBackward(op: UnaryBackwardOp, a: View, out: View, grad: View): Storage;

  /**
   * `s = e^(a − max a) / Σ e^(a − max a)` along the last axis, which is not empty. A row that holds `+∞` or NaN, or
   * nothing but `−∞`, gives NaN; so do such rows in `logSoftmax` and `crossEntropy`.
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
   * `a` is `[…, C]`, `gain` and `bias` are `[C]`. The result is right for all finite numbers, even if their squares
   * overflow.
   */
  layerNorm(a: View, gain: View, bias: View, eps: number): Storage;
  /** The gradients of `layerNorm` with respect to `a`, `[…, C]`, and to `gain` and `bias`, `[C]`. */
  layerNormBackward(a: View, gain: View, grad: View, eps: number): { a: Storage; gain: Storage; bias: Storage };
  /**
   * `out = gain ⊙ x̂` along the last axis, with `x̂ = a / √(mean a² + eps)`; `a` is `[…, C]`, `gain` is `[C]`. The
   * result is right for all finite numbers, even if their squares overflow.
   */
  rmsNorm(a: View, gain: View, eps: number): Storage;
  /** The gradients of `rmsNorm` with respect to `a`, `[…, C]`, and to `gain`, `[C]`. */
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
   * The gradients of `attention`, each in the shape of its operand. `attended` is what `attention` returned for the
   * same operands and the same rule.
   *
   * The kernel computes the weights `e^(score − max) / sum` again, and gets those of the forward kernel, however large
   * the scores. (`e^(score − logSumExp)` would not do: float32 rounds a logarithm of some thousands by more than 10⁻⁴.)
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
   * Whether element i (in row-major order) is kept depends only on `seed` and i (`kernels/dropout.ts`) and is the same
   * on every device. So the same call on the output's gradient returns the input's.
   */
  dropout(a: View, rate: number, seed: number): Storage;

  /**
   * One step of AdamW (arXiv 1711.05101) for the gradient `g` at step `t`:
   * `m ← β₁ m + (1 − β₁) g`, `s ← β₂ s + (1 − β₂) g²`, `p ← p − lr · (m̂ / (√ŝ + eps) + weightDecay · p)`, with
   * `m̂ = m / (1 − β₁ᵗ)` and `ŝ = s / (1 − β₂ᵗ)`.
   *
   * The new parameter is a new storage. The old moments must not be used again: a device may overwrite them with the
   * new ones, which are returned.
   */
  adamW(
    parameter: View,
    grad: View,
    moments: AdamWMoments,
    options: AdamWOptions,
  ): { parameter: Storage; moments: AdamWMoments };
}
