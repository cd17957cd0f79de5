// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/** The gradients of attention, with the weights computed anew, a block of queries by a block of keys. */

import { applyMask, Heads, packedBytes, packQueries, visibleKeys } from "./attention.ts";
import { multiplyBlock, TILE_BYTES } from "./matmul.ts";
import { packRows } from "./pack.ts";
import { rowDot, rowExp } from "./rows.ts";

/** What the backward kernel has beside `Heads`; a packed right-hand side is there for each head. */
@unmanaged
class Gradients {
  /** As the right-hand side of `dscores k`: `[D / 8][S][8]`, by `Heads.keyIndices`. */
  keyRows: usize;
  /** As the right-hand side of `dscoresᵀ q`: `[D / 8][T][8]`. */
  queryRows: usize;
  queryIndices: usize;
  /** As the right-hand side of `pᵀ grad`: `[E / 8][T][8]`. */
  gradRows: usize;
  grad: usize; // [heads][T][E], as `out`
  out: usize;
  logSumExp: usize; // [heads][T]
  dq: usize;
  dk: usize;
  dv: usize;
}

/** `ds = p ⊙ (dp − delta) · scale`, into `dp`. */
function scoreGradients(p: usize, dp: usize, n: i32, delta: f32, scale: f32): void {
  const shift = f32x4.splat(delta);
  const factor = f32x4.splat(scale);
  for (let i = 0; i < n; i += 4) { // rows are whole vectors
    const at = <usize> i << 2;
    const d = f32x4.sub(v128.load(dp + at), shift);
    v128.store(dp + at, f32x4.mul(f32x4.mul(v128.load(p + at), d), factor));
  }
}

/** The gradients of whole heads: chunk c has the heads from `c · step`. */
export function attentionBackward(
  heads: usize,
  gradients: usize,
  scale: f32,
  local: usize,
  localBytes: i32,
  count: i32,
  step: i32,
  chunk: i32,
  thread: i32,
): void {
  const end = min(count, (chunk + 1) * step);
  for (let head = chunk * step; head < end; head++) {
    headBackward(changetype<Heads>(heads), changetype<Gradients>(gradients), head, scale, local + thread * localBytes);
  }
}

/**
 * With `p = softmax(scale · q kᵀ)` and `dp = grad vᵀ`: `dv = pᵀ grad`, `ds = p ⊙ (dp − Σ p ⊙ dp) · scale`, where
 * `Σ p ⊙ dp = grad · out`, `dq = ds k` and `dk = dsᵀ q`.
 */
function headBackward(h: Heads, g: Gradients, head: i32, scale: f32, local: usize): void {
  const rowBytes = <usize> h.keys << 2;
  const edge = local;
  const queryBlock = edge + TILE_BYTES; // [queries / 4][D][4]
  const gradBlock = queryBlock + (<usize> h.queries * h.D << 2); // [queries / 4][E][4]
  const p = gradBlock + (<usize> h.queries * h.E << 2); // [queries][keys]
  const ds = p + h.queries * rowBytes; // [queries][keys]
  const block = ds + h.queries * rowBytes; // p, ds, pᵀ or dsᵀ, packed
  const delta = block + h.queries * rowBytes; // [T]
  const first = <usize> head * h.T;
  const grad = g.grad + (first * h.E << 2);
  const out = g.out + (first * h.E << 2);
  const dq = g.dq + (first * h.D << 2);
  const dk = g.dk + (<usize> head * h.S * h.D << 2);
  const dv = g.dv + (<usize> head * h.S * h.E << 2);
  const keyIndex = load<i32>(h.keyIndices + (<usize> head << 2));
  const keyPanels = h.keyPanels + packedBytes(keyIndex, h.D, h.S);
  const keyRows = g.keyRows + packedBytes(keyIndex, h.S, h.D);
  const valuePanels = h.valuePanels + packedBytes(load<i32>(h.valueIndices + (<usize> head << 2)), h.E, h.S);
  const queryRows = g.queryRows + packedBytes(load<i32>(g.queryIndices + (<usize> head << 2)), h.T, h.D);
  const gradRows = g.gradRows + packedBytes(head, h.T, h.E);
  memory.fill(dq, 0, <usize> h.T * h.D << 2);
  memory.fill(dk, 0, <usize> h.S * h.D << 2);
  memory.fill(dv, 0, <usize> h.S * h.E << 2);
  for (let t = 0; t < h.T; t++) {
    const at = <usize> t * h.E << 2;
    f32.store(delta + (<usize> t << 2), <f32> rowDot(grad + at, out + at, h.E));
  }
  for (let s = 0; s < h.S; s += h.keys) {
    const keys = min(h.keys, h.S - s);
    for (let t = 0; t < h.T; t += h.queries) {
      const rows = min(h.queries, h.T - t);
      if (visibleKeys(h, t + rows - 1, s, keys) == 0) continue; // not even the last query sees the first key
      packQueries(h, head, t, rows, scale, queryBlock);
      const panels = keyPanels + (<usize> s * h.D << 2);
      multiplyBlock(queryBlock, rows, h.D, panels, <usize> h.D << 5, keys, p, <i32> rowBytes, edge, false);
      packRows(grad + (<usize> t * h.E << 2), h.E << 2, 4, rows, h.E, gradBlock);
      const values = valuePanels + (<usize> s * h.E << 2);
      multiplyBlock(gradBlock, rows, h.E, values, <usize> h.E << 5, keys, ds, <i32> rowBytes, edge, false);
      for (let r = 0; r < rows; r++) {
        const row = p + r * rowBytes;
        const log = f32.load(g.logSumExp + (first + t + r << 2));
        const visible = log == -Infinity ? 0 : visibleKeys(h, t + r, s, keys);
        applyMask(h, head, t + r, s, row, visible);
        rowExp(row, visible, log, row);
        memory.fill(row + (<usize> visible << 2), 0, rowBytes - (<usize> visible << 2));
        scoreGradients(row, ds + r * rowBytes, keys, f32.load(delta + (<usize> (t + r) << 2)), scale);
      }
      packRows(p, 4, <i32> rowBytes, keys, rows, block); // pᵀ
      let right = gradRows + (<usize> t << 5);
      let to = dv + (<usize> s * h.E << 2);
      multiplyBlock(block, keys, rows, right, <usize> h.T << 5, h.E, to, h.E << 2, edge, true);
      packRows(ds, 4, <i32> rowBytes, keys, rows, block); // dsᵀ
      right = queryRows + (<usize> t << 5);
      to = dk + (<usize> s * h.D << 2);
      multiplyBlock(block, keys, rows, right, <usize> h.T << 5, h.D, to, h.D << 2, edge, true);
      packRows(ds, <i32> rowBytes, 4, rows, keys, block);
      right = keyRows + (<usize> s << 5);
      to = dq + (<usize> t * h.D << 2);
      multiplyBlock(block, rows, keys, right, <usize> h.S << 5, h.D, to, h.D << 2, edge, true);
    }
  }
}
