// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * What only training needs: dropout, and the update of AdamW. Chunk c has the elements from `c · step`, a multiple of
 * 4.
 */

import { F32 } from "./f32.ts";

/** `out = x · scale` where the random number of the index is at least `threshold`, else 0; see kernels/dropout.ts. */
export function dropout(
  x: usize,
  out: usize,
  keys: usize,
  threshold: i32,
  scale: f32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  const from = chunk * step;
  const to = min(length, from + step);
  const half = i32x4.splat(4095); // the bits of half an index
  for (let i = from; i < to; i += 4) {
    const index = i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
    let left = i32x4.shr_u(index, 12);
    let right = v128.and(index, half);
    for (let round: usize = 0; round < 24; round += 4) {
      const key = v128.load32_splat(keys + round);
      const mixed = v128.and(i32x4.add(i32x4.mul(right, i32x4.splat(1229)), key), half);
      const scrambled = i32x4.shr_u(i32x4.mul(mixed, mixed), 6);
      const sum = v128.and(i32x4.add(left, scrambled), half);
      left = right;
      right = sum;
    }
    const random = v128.or(i32x4.shl(left, 12), right);
    const keep = i32x4.ge_s(random, i32x4.splat(threshold));
    const at = <usize> i << 2;
    v128.store(out + at, v128.and(f32x4.mul(v128.load(x + at), f32x4.splat(scale)), keep));
  }
}

/**
 * One step of AdamW, see kernels/fused.ts: the moments `m` and `s` are updated in place, and the new parameter goes to
 * `out`. The corrections are `1 / (1 − β₁ᵗ)` and `1 / (1 − β₂ᵗ)`.
 */
export function adamW(
  p: usize,
  g: usize,
  m: usize,
  s: usize,
  out: usize,
  lr: f32,
  beta1: f32,
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  eps: f32,
  weightDecay: f32,
  correctM: f32,
  correctS: f32,
  length: i32,
  step: i32,
  chunk: i32,
): void {
  const from = <usize> (chunk * step) << 2;
  const to = <usize> min(length, (chunk + 1) * step) << 2;
  for (let i = from; i < to; i += 16) {
    const gradient = v128.load(g + i);
    const squared = f32x4.mul(gradient, gradient);
    const mean = F32.madd(f32x4.splat(beta1), v128.load(m + i), f32x4.mul(f32x4.splat(oneMinusBeta1), gradient));
    const square = F32.madd(f32x4.splat(beta2), v128.load(s + i), f32x4.mul(f32x4.splat(oneMinusBeta2), squared));
    v128.store(m + i, mean);
    v128.store(s + i, square);
    const root = f32x4.sqrt(f32x4.mul(square, f32x4.splat(correctS)));
    const direction = f32x4.div(f32x4.mul(mean, f32x4.splat(correctM)), f32x4.add(root, f32x4.splat(eps)));
    const parameter = v128.load(p + i);
    const change = F32.madd(f32x4.splat(weightDecay), parameter, direction);
    v128.store(out + i, F32.madd(f32x4.splat(-lr), change, parameter));
  }
}
