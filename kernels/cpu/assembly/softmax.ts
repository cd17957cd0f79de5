// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Softmax, log-softmax and cross-entropy, a row at a time. Chunk c has the rows from `c · step`. */

import { F32 } from "./f32.ts";
import { rowDot, rowExp, rowMax, rowScale, rowSum, storePart } from "./rows.ts";

/** `log x` of one number. */
function log(x: f64): f32 {
  return f32x4.extract_lane(F32.log(f32x4.splat(<f32> x)), 0);
}

export function softmax(x: usize, n: i32, out: usize, rows: i32, step: i32, chunk: i32): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    const at = <usize> r * n << 2;
    const sum = rowExp(x + at, n, rowMax(x + at, n), out + at);
    rowScale(out + at, n, <f32> (1 / sum), out + at);
  }
}

/** `out = y ⊙ (grad − Σ grad ⊙ y)`, where `y = softmax(x)`. */
export function softmaxBackward(y: usize, grad: usize, n: i32, out: usize, rows: i32, step: i32, chunk: i32): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    const row = <usize> r * n << 2;
    const dot = f32x4.splat(<f32> rowDot(y + row, grad + row, n));
    for (let i = 0; i < n; i += 4) {
      const at = row + (<usize> i << 2);
      storePart(out + at, f32x4.mul(v128.load(y + at), f32x4.sub(v128.load(grad + at), dot)), n - i);
    }
  }
}

/** `out = x − max − log Σ e^(x − max)`; the exponentials are put into `out` on the way. */
export function logSoftmax(x: usize, n: i32, out: usize, rows: i32, step: i32, chunk: i32): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    const row = <usize> r * n << 2;
    const greatest = rowMax(x + row, n);
    const logSum = f32x4.splat(log(rowExp(x + row, n, greatest, out + row)));
    const shift = f32x4.splat(greatest);
    for (let i = 0; i < n; i += 4) {
      const at = row + (<usize> i << 2);
      storePart(out + at, f32x4.sub(f32x4.sub(v128.load(x + at), shift), logSum), n - i);
    }
  }
}

/** `out = grad − e^y · Σ grad`, where `y = logSoftmax(x)`. */
export function logSoftmaxBackward(y: usize, grad: usize, n: i32, out: usize, rows: i32, step: i32, chunk: i32): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    const row = <usize> r * n << 2;
    const minusSum = f32x4.splat(-(<f32> rowSum(grad + row, n)));
    for (let i = 0; i < n; i += 4) {
      const at = row + (<usize> i << 2);
      storePart(out + at, F32.madd(F32.exp(v128.load(y + at)), minusSum, v128.load(grad + at)), n - i);
    }
  }
}

/** `out[r] = log Σ e^x[r] − x[r, target]`; `local` has room for a row on each thread. */
export function crossEntropy(
  x: usize,
  targets: usize,
  n: i32,
  out: usize,
  local: usize,
  localBytes: i32,
  rows: i32,
  step: i32,
  chunk: i32,
  thread: i32,
): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    const row = x + (<usize> r * n << 2);
    const target = load<i32>(targets + (<usize> r << 2));
    let loss: f32 = 0;
    if (target >= 0) {
      const greatest = rowMax(row, n);
      const sum = rowExp(row, n, greatest, local + thread * localBytes);
      loss = greatest - f32.load(row + (<usize> target << 2)) + log(sum);
    }
    f32.store(out + (<usize> r << 2), loss);
  }
}

/** `out[r] = grad[r] · (softmax(x[r]) − onehot(target))`. */
export function crossEntropyBackward(
  x: usize,
  targets: usize,
  grad: usize,
  n: i32,
  out: usize,
  rows: i32,
  step: i32,
  chunk: i32,
): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    const row = <usize> r * n << 2;
    const target = load<i32>(targets + (<usize> r << 2));
    if (target < 0) {
      memory.fill(out + row, 0, <usize> n << 2);
      continue;
    }
    const g = f32.load(grad + (<usize> r << 2));
    const sum = rowExp(x + row, n, rowMax(x + row, n), out + row);
    const place = out + row + (<usize> target << 2);
    f32.store(place, <f32> (<f64> f32.load(place) - sum)); // (e^x − Σ e^x) / Σ e^x = softmax − 1
    rowScale(out + row, n, <f32> (<f64> g / sum), out + row);
  }
}
