// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Layer norm and RMS norm, a row at a time. Chunk c has the rows from `c · step`. */

import { F32 } from "./f32.ts";
import { loadPart, rowScale, rowSquares, rowSum, storePart } from "./rows.ts";

/** The mean of a row that is centred, and 0 for one that is not. */
function meanOf(x: usize, n: i32, centred: bool): f32 {
  return centred ? <f32> (rowSum(x, n) / n) : 0;
}

/** `1 / √(mean (x − shift)² + eps)`. */
function inverseScale(x: usize, n: i32, mean: f32, eps: f64): f64 {
  return 1 / sqrt<f64>(rowSquares(x, n, mean) / n + eps);
}

/**
 * The factor that brings a row's squares into float32's range, given the row's inverse scale: usually 1.
 *
 * Numbers from 10¹⁹ on have squares that are infinite, and those below 10⁻¹⁹ squares that are 0, or nearly, which
 * matters only where eps is as small. `x̂` stays the same if eps is multiplied by the factor's square.
 */
function unitFor(inverse: f64): f32 {
  if (inverse == 0) return 8.271806125530277e-25; // 2⁻⁸⁰
  if (inverse > 1125899906842624) return 1.2089258196146292e24; // above 2⁵⁰: 2⁸⁰
  return 1;
}

/** `out = gain ⊙ (x − mean) · r + bias`, with mean and bias 0 for RMS norm (`centred` 0). */
export function norm(
  x: usize,
  gain: usize,
  bias: usize,
  out: usize,
  n: i32,
  eps: f64,
  centred: i32,
  rows: i32,
  step: i32,
  chunk: i32,
): void {
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    const row = <usize> r * n << 2;
    let source = x + row;
    let mean = meanOf(source, n, centred != 0);
    let inverse = inverseScale(source, n, mean, eps);
    const unit = unitFor(inverse);
    if (unit != 1) {
      source = out + row;
      rowScale(x + row, n, unit, source);
      mean = meanOf(source, n, centred != 0);
      inverse = inverseScale(source, n, mean, eps * unit * unit);
    }
    const shift = f32x4.splat(mean);
    const scale = f32x4.splat(<f32> inverse);
    for (let i = 0; i < n; i += 4) {
      const at = <usize> i << 2;
      const xHat = f32x4.mul(f32x4.sub(v128.load(source + at), shift), scale);
      storePart(out + row + at, F32.madd(v128.load(gain + at), xHat, v128.load(bias + at)), n - i);
    }
  }
}

/**
 * With `h = grad ⊙ gain` and `x̂` as above: `out = r (h − mean h − x̂ · mean(h ⊙ x̂))`, where RMS norm has no `mean h`.
 *
 * The sums over rows, for the gradients of gain and bias, are taken for each chunk alone: chunk c puts `Σ grad ⊙ x̂`
 * and `Σ grad` into rows 2c and 2c + 1 of `partial`. So the sums do not depend on which thread takes which chunk.
 */
export function normBackward(
  x: usize,
  gain: usize,
  grad: usize,
  out: usize,
  partial: usize,
  n: i32,
  eps: f64,
  centred: i32,
  rows: i32,
  step: i32,
  chunk: i32,
): void {
  const rowBytes = <usize> n << 2;
  const byGain = partial + <usize> (2 * chunk) * rowBytes;
  const byBias = byGain + rowBytes;
  memory.fill(byGain, 0, 2 * rowBytes);
  const end = min(rows, (chunk + 1) * step);
  for (let r = chunk * step; r < end; r++) {
    const row = <usize> r * rowBytes;
    let source = x + row;
    let mean = meanOf(source, n, centred != 0);
    let inverse = inverseScale(source, n, mean, eps);
    const unit = unitFor(inverse);
    if (unit != 1) {
      source = out + row;
      rowScale(x + row, n, unit, source);
      mean = meanOf(source, n, centred != 0);
      inverse = inverseScale(source, n, mean, eps * unit * unit);
    }
    const shift = f32x4.splat(mean);
    const scale = f32x4.splat(<f32> inverse);
    const outScale = f32x4.splat(<f32> (inverse * unit)); // by x, and not by its multiple
    let sumH = f32x4.splat(0);
    let sumHx = f32x4.splat(0);
    for (let i = 0; i < n; i += 4) {
      const at = <usize> i << 2;
      const g = loadPart(grad + row + at, n - i, 0);
      const xHat = f32x4.mul(f32x4.sub(loadPart(source + at, n - i, mean), shift), scale);
      const h = f32x4.mul(g, loadPart(gain + at, n - i, 0));
      sumH = f32x4.add(sumH, h);
      sumHx = F32.madd(h, xHat, sumHx);
      storePart(byGain + at, F32.madd(g, xHat, v128.load(byGain + at)), n - i);
      storePart(byBias + at, f32x4.add(g, v128.load(byBias + at)), n - i);
    }
    const meanH = f32x4.splat(centred ? F32.sum(sumH) / <f32> n : 0);
    const meanHx = f32x4.splat(F32.sum(sumHx) / <f32> n);
    for (let i = 0; i < n; i += 4) {
      const at = <usize> i << 2;
      const xHat = f32x4.mul(f32x4.sub(v128.load(source + at), shift), scale);
      const h = f32x4.mul(v128.load(grad + row + at), v128.load(gain + at));
      const d = f32x4.sub(f32x4.sub(h, meanH), f32x4.mul(xHat, meanHx));
      storePart(out + row + at, f32x4.mul(d, outScale), n - i);
    }
  }
}
