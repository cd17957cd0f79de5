// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * Attention, a block of queries and a block of keys at a time, so that no more than one block of scores is ever held
 * (Dao et al., arXiv 2205.14135). The products are those of `matmul.ts`, on packed panels.
 */

import { F32 } from "./f32.ts";
import { multiplyBlock, TILE_BYTES } from "./matmul.ts";
import { packRows } from "./pack.ts";
import { rowExp, rowMax, rowScale } from "./rows.ts";

/**
 * What is the same for all heads, as the host lays it down (`../attention.ts`). Strides are in bytes, and `…Starts` the
 * byte offset of each head. `keyPanels` has k packed as `[S / 8][D][8]` for the head's number in `kvIndices`, and the
 * others likewise.
 */
@unmanaged
export class Heads {
  T: i32;
  S: i32;
  D: i32;
  E: i32;
  causal: i32;
  /** Queries, and keys, in a block. */
  queries: i32;
  keys: i32;
  q: usize;
  qStarts: usize;
  qT: i32;
  qD: i32;
  mask: usize; // 0 if there is none
  maskStarts: usize;
  maskT: i32;
  maskS: i32;
  /** k as the right-hand side of `q kᵀ`: `[S / 8][D][8]`. */
  keyPanels: usize;
  keyIndices: usize;
  /** v as the right-hand side of `p v`: `[E / 8][S][8]`; for the backward kernel of `grad vᵀ`: `[S / 8][E][8]`. */
  valuePanels: usize;
  valueIndices: usize;
}

/** The bytes of `count` packed right-hand sides of `K × N` each. */
export function packedBytes(count: i32, K: i32, N: i32): usize {
  return <usize> count * ((N + 7) / 8) * K * 32;
}

/** How many keys from `s` on, of `count`, the query `t` sees; a causal one sees none that is later than itself. */
export function visibleKeys(h: Heads, t: i32, s: i32, count: i32): i32 {
  return h.causal ? max(0, min(count, t + 1 + h.S - h.T - s)) : count;
}

/** Puts −∞ into a row of scores where the mask is 0. */
export function applyMask(h: Heads, head: i32, t: i32, s: i32, scores: usize, count: i32): void {
  if (!h.mask) return;
  let p = h.mask + load<i32>(h.maskStarts + (<usize> head << 2)) + t * h.maskT + s * h.maskS;
  for (let i = 0; i < count; i++) {
    if (f32.load(p) == 0) f32.store(scores + (<usize> i << 2), -Infinity);
    p += h.maskS;
  }
}

/** Packs a block of queries, times `scale`. */
export function packQueries(h: Heads, head: i32, t: i32, rows: i32, scale: f32, out: usize): void {
  const source = h.q + load<i32>(h.qStarts + (<usize> head << 2)) + t * h.qT;
  packRows(source, h.qT, h.qD, rows, h.D, out);
  rowScale(out, ((rows + 3) & ~3) * h.D, scale, out);
}

/**
 * `out` and `logSumExp` for blocks of queries; a task is one block of one head, and chunk c has the tasks from
 * `c · step`.
 *
 * The softmax is taken online: `greatest` and `sum` are those of the keys so far, and when a later block has a greater
 * score, what was summed before is scaled down to it.
 */
export function attention(
  heads: usize,
  scale: f32,
  out: usize,
  logSumExp: usize,
  local: usize,
  localBytes: i32,
  tasks: i32,
  step: i32,
  chunk: i32,
  thread: i32,
): void {
  const h = changetype<Heads>(heads);
  const rowBytes = <usize> h.keys << 2;
  const edge = local + thread * localBytes;
  const queryBlock = edge + TILE_BYTES; // [queries / 4][D][4]
  const scores = queryBlock + (<usize> h.queries * h.D << 2); // [queries][keys]
  const weightBlock = scores + h.queries * rowBytes; // [queries / 4][keys][4]
  const greatest = weightBlock + h.queries * rowBytes; // [queries]
  const sum = greatest + (<usize> h.queries << 2);
  const blocks = (h.T + h.queries - 1) / h.queries;
  const end = min(tasks, (chunk + 1) * step);
  for (let task = chunk * step; task < end; task++) {
    const head = task / blocks;
    const t = (task % blocks) * h.queries;
    const rows = min(h.queries, h.T - t);
    const acc = out + ((<usize> head * h.T + t) * h.E << 2); // [rows][E]
    const keyPanels = h.keyPanels + packedBytes(load<i32>(h.keyIndices + (<usize> head << 2)), h.D, h.S);
    const valuePanels = h.valuePanels + packedBytes(load<i32>(h.valueIndices + (<usize> head << 2)), h.S, h.E);
    packQueries(h, head, t, rows, scale, queryBlock);
    memory.fill(acc, 0, <usize> rows * h.E << 2);
    for (let r: usize = 0; r < <usize> rows; r++) {
      f32.store(greatest + (r << 2), -Infinity);
      f32.store(sum + (r << 2), 0);
    }
    const limit = visibleKeys(h, t + rows - 1, 0, h.S); // the last query sees most
    for (let s = 0; s < limit; s += h.keys) {
      const count = min(h.keys, limit - s);
      const panels = keyPanels + (<usize> s * h.D << 2);
      multiplyBlock(queryBlock, rows, h.D, panels, <usize> h.D << 5, count, scores, <i32> rowBytes, edge, false);
      for (let r = 0; r < rows; r++) {
        const at = <usize> r << 2;
        const row = scores + r * rowBytes;
        const visible = visibleKeys(h, t + r, s, count);
        applyMask(h, head, t + r, s, row, visible);
        const before = f32.load(greatest + at);
        const now = max<f32>(before, rowMax(row, visible));
        if (now == -Infinity) { // nothing seen yet
          memory.fill(row, 0, <usize> count << 2);
          continue;
        }
        const total = rowExp(row, visible, now, row);
        memory.fill(row + (<usize> visible << 2), 0, <usize> (count - visible) << 2);
        const factor = f32x4.extract_lane(F32.exp(f32x4.splat(before - now)), 0);
        if (factor != 1) rowScale(acc + (<usize> r * h.E << 2), h.E, factor, acc + (<usize> r * h.E << 2));
        f32.store(sum + at, <f32> (<f64> f32.load(sum + at) * factor + total));
        f32.store(greatest + at, now);
      }
      packRows(scores, <i32> rowBytes, 4, rows, count, weightBlock);
      const values = valuePanels + (<usize> s << 5);
      multiplyBlock(weightBlock, rows, count, values, <usize> h.S << 5, h.E, acc, h.E << 2, edge, true);
    }
    for (let r = 0; r < rows; r++) {
      const total = f32.load(sum + (<usize> r << 2));
      const row = acc + (<usize> r * h.E << 2);
      if (total != 0) rowScale(row, h.E, 1 / total, row); // else it saw no key, and is 0
      const log = f32x4.extract_lane(F32.log(f32x4.splat(total)), 0);
      f32.store(logSumExp + (<usize> (head * h.T + t + r) << 2), f32.load(greatest + (<usize> r << 2)) + log);
    }
  }
}
