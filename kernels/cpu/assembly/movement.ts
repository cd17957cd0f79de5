// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** Moving rows: copies, and sums of selected rows. */

import { storePart } from "./rows.ts";

/**
 * Columns that are copied together where they are apart, so that a transposed read uses a cache line while it is there.
 */
const BLOCK: i32 = 32;

/**
 * `out[r][j] = x[starts[r] + j · stride]` for rows of `n` numbers, with `stride` in bytes; chunk c has the rows from
 * `c · step`.
 */
export function copyRows(
  x: usize,
  starts: usize,
  stride: i32,
  out: usize,
  n: i32,
  rows: i32,
  step: i32,
  chunk: i32,
): void {
  const from = chunk * step;
  const end = min(rows, from + step);
  if (stride == 4) {
    for (let r = from; r < end; r++) {
      const source = x + (<usize> load<i32>(starts + (<usize> r << 2)) << 2);
      copyRow(source, n, out + (<usize> r * n << 2));
    }
    return;
  }
  for (let start = 0; start < n; start += BLOCK) {
    const last = min(n, start + BLOCK);
    for (let r = from; r < end; r++) {
      let source = x + (<usize> load<i32>(starts + (<usize> r << 2)) << 2) + start * stride;
      const to = out + (<usize> r * n << 2);
      for (let j = start; j < last; j++) {
        f32.store(to + (<usize> j << 2), f32.load(source));
        source += stride;
      }
    }
  }
}

/** The least length for which the engine's own copying, a call out of WebAssembly, is faster. */
const LONG: i32 = 512;

function copyRow(x: usize, n: i32, out: usize): void {
  if (n >= LONG) {
    memory.copy(out, x, <usize> n << 2);
    return;
  }
  for (let i = 0; i < n; i += 4) storePart(out + (<usize> i << 2), v128.load(x + (<usize> i << 2)), n - i);
}

/**
 * `out[rows[i]] += x[i]` for rows of `n` numbers, from 0 on; chunk c has the columns from `c · step`, and so no other
 * adds to the same numbers.
 */
export function scatterAdd(
  x: usize,
  indices: usize,
  count: i32,
  out: usize,
  rows: i32,
  n: i32,
  step: i32,
  chunk: i32,
): void {
  const from = chunk * step;
  const end = min(n, from + step);
  for (let r = 0; r < rows; r++) memory.fill(out + (<usize> r * n + from << 2), 0, <usize> (end - from) << 2);
  for (let i = 0; i < count; i++) {
    const source = x + (<usize> i * n << 2);
    const to = out + (<usize> load<i32>(indices + (<usize> i << 2)) * n << 2);
    for (let j = from; j < end; j += 4) {
      const at = <usize> j << 2;
      storePart(to + at, f32x4.add(v128.load(to + at), v128.load(source + at)), end - j);
    }
  }
}
