// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * Attention, a block of queries and a block of keys at a time, so that no more than one block of scores is ever held
 * (Dao et al., arXiv 2205.14135). The products are those of `matmul.ts`; a thread packs what it multiplies into room of
 * its own, where it stays in the cache: with a hundred queries to a block of keys, packing takes little of the time.
 *
 * The scores of eight queries are computed as `k qᵀ`: a tile's rows are keys then, and its vectors are four queries
 * each. So the softmax takes four queries at a time, without a sum or maximum across a vector, and leaves the weights
 * packed as the next product needs them, `[queries / 4][keys][4]`.
 */

import { F32 } from "./f32.ts";
import { multiplyBlock, tile, TILE_BYTES } from "./matmul.ts";
import { COLUMNS, packPanels, packRows } from "./pack.ts";
import { rowScale, storePart } from "./rows.ts";

/** One matrix for each head, anywhere in memory. */
@unmanaged
export class Matrices {
  address: usize;
  /** The byte offset of each head's. */
  starts: usize;
  /** Strides, in bytes. */
  row: i32;
  column: i32;

  /** Where a row begins. */
  @inline
  at(head: i32, row: i32): usize {
    return this.address + load<i32>(this.starts + (<usize> head << 2)) + row * this.row;
  }
}

/** What all heads share. The host writes it (`../attention.ts`). */
@unmanaged
export class Heads {
  count: i32;
  T: i32;
  S: i32;
  D: i32;
  E: i32;
  causal: i32;
  /** Queries, a multiple of 8, and keys, a multiple of 8, in a block. */
  queries: i32;
  keys: i32;
  q: Matrices;
  k: Matrices;
  v: Matrices;
  mask: Matrices | null;
}

/** How many of the `count` keys from `s` on are visible to query `t`. A causal query sees no later key. */
export function visibleKeys(h: Heads, t: i32, s: i32, count: i32): i32 {
  return h.causal ? max(0, min(count, t + 1 + h.S - h.T - s)) : count;
}

/**
 * Puts −∞ into scores where the mask is 0. Those of `rows` queries from `t` on stand `rowBytes` apart, of each key of
 * four `keyBytes`, and of the next four keys `fourBytes`.
 */
export function applyMask(
  h: Heads,
  head: i32,
  t: i32,
  s: i32,
  rows: i32,
  keys: i32,
  scores: usize,
  rowBytes: usize,
  keyBytes: usize,
  fourBytes: usize,
): void {
  const mask = h.mask;
  if (mask === null) return;
  for (let r = 0; r < rows; r++) {
    let p = mask.at(head, t + r) + s * mask.column;
    const row = scores + r * rowBytes;
    for (let i = 0; i < keys; i++) {
      if (f32.load(p) == 0) f32.store(row + (i >> 2) * fourBytes + (i & 3) * keyBytes, -Infinity);
      p += mask.column;
    }
  }
}

/** A thread's own room, which the host allocates. */
@unmanaged
class Room {
  edge: usize;
  queries: usize; // [queries / 8][D][8]
  keys: usize; // [keys / 4][D][4]
  values: usize; // [E / 8][keys][8]
  scores: usize; // [8 / 4][keys][4], then the weights
  greatest: usize; // [queries]
  sum: usize; // [queries]
}

/**
 * `out`, `max` and `sum` for blocks of queries; a task is one block of one head, and chunk c has the tasks from
 * `c · step`. A head's last block, which sees most, comes first.
 */
export function attention(
  heads: usize,
  scale: f32,
  out: usize,
  max: usize,
  sum: usize,
  local: usize,
  localBytes: i32,
  tasks: i32,
  step: i32,
  chunk: i32,
  thread: i32,
): void {
  const h = changetype<Heads>(heads);
  const start = local + thread * localBytes;
  const room = changetype<Room>(start);
  room.edge = start + TILE_BYTES; // the addresses of this class come first
  room.queries = room.edge + TILE_BYTES;
  room.keys = room.queries + (<usize> h.queries * h.D << 2);
  room.values = room.keys + (<usize> h.keys * h.D << 2);
  room.scores = room.values + (<usize> h.keys * ((h.E + 7) & ~7) << 2);
  room.greatest = room.scores + (<usize> h.keys << 5);
  room.sum = room.greatest + (<usize> h.queries << 2);
  const blocks = (h.T + h.queries - 1) / h.queries;
  const end = min(tasks, (chunk + 1) * step);
  for (let task = chunk * step; task < end; task++) {
    const head = task / blocks;
    const t = (blocks - 1 - task % blocks) * h.queries;
    const first = <usize> (head * h.T + t);
    attendBlock(h, room, head, t, scale, out + (first * h.E << 2), max + (first << 2), sum + (first << 2));
  }
}

/**
 * A block of queries, `out` being `[rows][E]`. The softmax is taken online: `greatest` and `sum` are those of the keys
 * so far; when a later block has a greater score, the earlier sums are scaled down to it.
 */
function attendBlock(
  h: Heads,
  room: Room,
  head: i32,
  t: i32,
  scale: f32,
  out: usize,
  maxima: usize,
  sums: usize,
): void {
  const rows = min(h.queries, h.T - t);
  const padded = (rows + 7) & ~7;
  packPanels(h.q.at(head, t), h.q.column, h.q.row, h.D, COLUMNS, rows, room.queries);
  rowScale(room.queries, padded * h.D, scale, room.queries);
  for (let r: usize = 0; r < <usize> padded; r += 4) {
    v128.store(room.greatest + (r << 2), f32x4.splat(-Infinity));
    v128.store(room.sum + (r << 2), f32x4.splat(0));
  }
  const limit = visibleKeys(h, t + rows - 1, 0, h.S); // the last query sees the most keys
  if (limit == 0) memory.fill(out, 0, <usize> rows * h.E << 2); // else the first block of keys stores, the others add
  for (let s = 0; s < limit; s += h.keys) {
    const keys = min(h.keys, limit - s);
    packRows(h.k.at(head, s), h.k.row, h.k.column, keys, h.D, room.keys);
    packPanels(h.v.at(head, s), h.v.row, h.v.column, keys, COLUMNS, h.E, room.values);
    for (let r = 0; r < rows; r += 8) attendEight(h, room, head, t, s, r, min(8, rows - r), keys, out);
  }
  for (let r = 0; r < rows; r += 4) {
    const at = <usize> r << 2;
    const total = v128.load(room.sum + at);
    const isNaN = f32x4.ne(total, total); // where a score is NaN: all bits set, which is NaN
    storePart(maxima + at, v128.or(v128.load(room.greatest + at), isNaN), rows - r);
    storePart(sums + at, total, rows - r);
    const unseen = f32x4.eq(total, f32x4.splat(0)); // a query that sees no key, whose row is 0
    v128.store(room.sum + at, v128.andnot(f32x4.div(f32x4.splat(1), total), unseen));
  }
  scaleRows(out, rows, h.E, room.sum);
}

/** Multiplies each row by a number of its own. */
function scaleRows(x: usize, rows: i32, n: i32, factors: usize): void {
  for (let r = 0; r < rows; r++) {
    rowScale(x, n, f32.load(factors + (<usize> r << 2)), x);
    x += <usize> n << 2;
  }
}

/** Eight queries, from the block's row `r` on, and the block of keys from `s` on. */
function attendEight(h: Heads, room: Room, head: i32, t: i32, s: i32, r: i32, rows: i32, keys: i32, out: usize): void {
  const halfBytes = <usize> h.keys << 4;
  const panelBytes = <usize> h.D << 4;
  const visible = visibleKeys(h, t + r + 7, s, keys);
  const queries = room.queries + (<usize> r * h.D << 2);
  let panel = room.keys;
  for (let i = 0; i < visible; i += 4) {
    tile(panel, queries, h.D, room.scores + (<usize> i << 4), halfBytes, 16, false);
    panel += panelBytes;
  }
  for (let half = 0; half < rows; half += 4) {
    const row = r + half;
    const seen = visibleKeys(h, t + row + 3, s, keys);
    if (seen == 0 && s > 0) continue;
    const scores = room.scores + (half ? halfBytes : 0);
    const acc = out + (<usize> row * h.E << 2);
    const count = min(4, rows - half);
    if (h.causal) hideLater(scores, visibleKeys(h, t + row, s, keys), seen, t + row + h.S - h.T - s);
    applyMask(h, head, t + row, s, count, seen, scores, 4, 16, 64);
    weigh(scores, seen, room.greatest + (<usize> row << 2), room.sum + (<usize> row << 2), acc, count, h.E, room.edge);
    multiplyBlock(scores, count, seen, room.values, <usize> keys << 5, h.E, acc, h.E << 2, room.edge, s > 0);
  }
}

/**
 * Puts −∞ for the keys from `from` to `to` that some of four queries do not see; the first sees up to the key `last`.
 */
function hideLater(scores: usize, from: i32, to: i32, last: i32): void {
  for (let i = from; i < to; i++) {
    const at = scores + (<usize> i << 4);
    const sees = i32x4.ge_s(i32x4(0, 1, 2, 3), i32x4.splat(i - last));
    v128.store(at, v128.bitselect(v128.load(at), f32x4.splat(-Infinity), sees));
  }
}

/**
 * Turns the scores of four queries into weights, `[keys][4]`, and scales the earlier sums, `acc` among them, to fit.
 * `factors` has room for four numbers.
 */
function weigh(
  scores: usize,
  keys: i32,
  greatest: usize,
  sum: usize,
  acc: usize,
  rows: i32,
  E: i32,
  factors: usize,
): void {
  const end = scores + (<usize> keys << 4);
  const before = v128.load(greatest);
  let now = before;
  for (let p = scores; p < end; p += 16) now = f32x4.pmax(now, v128.load(p)); // skips NaN, which the sum catches
  v128.store(greatest, now);
  // a query that has seen no key yet has the greatest score −∞, and weights e^(−∞ − 0) = 0
  const shift = v128.bitselect(f32x4.splat(0), now, f32x4.eq(now, f32x4.splat(-Infinity)));
  let total = f32x4.splat(0);
  for (let p = scores; p < end; p += 16) {
    const e = F32.expOrZero(f32x4.sub(v128.load(p), shift));
    v128.store(p, e);
    total = f32x4.add(total, e);
  }
  const factor = F32.expOrZero(f32x4.sub(before, shift));
  v128.store(sum, F32.madd(v128.load(sum), factor, total));
  const first = f32x4.eq(before, f32x4.splat(-Infinity)); // nothing was summed before
  if (v128.any_true(v128.andnot(f32x4.ne(factor, f32x4.splat(1)), first))) {
    v128.store(factors, factor);
    scaleRows(acc, rows, E, factors);
  }
}
