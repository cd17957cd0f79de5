// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * The gradients of attention, with the weights computed anew, a block of queries by a block of keys.
 *
 * With `p = softmax(scale · q kᵀ)` and `dp = grad vᵀ`: `dv = pᵀ grad`, `ds = p ⊙ (dp − delta) · scale`, where
 * `delta = Σ p ⊙ dp = grad · out`, `dk = dsᵀ q` and `dq = ds k`.
 *
 * The tiles of p and dp, four queries by eight keys, are stored as `[keys / 4][queries][4]`: packed as the products for
 * dv and dk need them. Only the product for dq needs ds transposed.
 */

import { Heads, Matrices, visibleKeys } from "./attention.ts";
import { F32 } from "./f32.ts";
import { multiplyBlock, tile, TILE_BYTES } from "./matmul.ts";
import { COLUMNS, packPanels, packRows } from "./pack.ts";
import { firstLanes, rowScale } from "./rows.ts";

/** The operands and results of the backward kernels, besides `Heads`. */
@unmanaged
export class Gradients {
  grad: Matrices;
  out: Matrices;
  max: usize; // [heads][T]
  sum: usize; // [heads][T]
  /** `[groups][heads][T][D]`: each group of blocks of keys has a sum of its own. */
  dq: usize;
  dk: usize;
  dv: usize;
  groups: i32;
}

/** A thread's own room, which the host allocates. */
@unmanaged
class Room {
  edge: usize;
  // a block of keys
  keys: usize; // k as the right-hand side of q kᵀ: [keys / 8][D][8]
  keyRows: usize; // and of ds k: [D / 8][keys][8]
  values: usize; // v as the right-hand side of grad vᵀ: [keys / 8][E][8]
  // a block of queries
  queries: usize; // scale · q on the left: [queries / 4][D][4]
  queryRows: usize; // q on the right: [D / 8][queries][8]
  grad: usize; // [queries / 4][E][4]
  gradRows: usize; // [E / 8][queries][8]
  delta: usize; // [queries]
  greatest: usize; // [queries]
  share: usize; // [queries]: 1 / sum
  // both
  p: usize; // [keys / 4][queries][4]
  ds: usize; // the same; before, dp
  turned: usize; // ds of four queries, [keys][4]
}

/** A task is one group of a head's blocks of keys; chunk c has the tasks from `c · step`. */
export function attentionBackward(
  heads: usize,
  gradients: usize,
  scale: f32,
  local: usize,
  localBytes: i32,
  tasks: i32,
  step: i32,
  chunk: i32,
  thread: i32,
): void {
  const h = changetype<Heads>(heads);
  const g = changetype<Gradients>(gradients);
  const room = roomAt(local + thread * localBytes, h);
  const end = min(tasks, (chunk + 1) * step);
  for (let task = chunk * step; task < end; task++) {
    const head = task / g.groups;
    const group = task % g.groups;
    const dq = g.dq + (<usize> (group * h.count + head) * h.T * h.D << 2);
    memory.fill(dq, 0, <usize> h.T * h.D << 2);
    for (let s = group * h.keys; s < h.S; s += g.groups * h.keys) keysBackward(h, g, room, head, s, scale, dq);
  }
}

/** Lays out a thread's room from an address on; the addresses of `Room` come first. */
function roomAt(start: usize, h: Heads): Room {
  const room = changetype<Room>(start);
  const D = <usize> ((h.D + 7) & ~7);
  const E = <usize> ((h.E + 7) & ~7);
  const queries = <usize> h.queries << 2;
  const keys = <usize> h.keys << 2;
  room.edge = start + TILE_BYTES;
  room.keys = room.edge + TILE_BYTES;
  room.keyRows = room.keys + keys * D;
  room.values = room.keyRows + keys * D;
  room.queries = room.values + keys * E;
  room.queryRows = room.queries + queries * D;
  room.grad = room.queryRows + queries * D;
  room.gradRows = room.grad + queries * E;
  room.delta = room.gradRows + queries * E;
  room.greatest = room.delta + queries;
  room.share = room.greatest + queries;
  room.p = room.share + queries;
  room.ds = room.p + queries * h.keys;
  room.turned = room.ds + queries * h.keys;
  return room;
}

/** All that the block of keys from `s` on adds to the gradients of one head. */
function keysBackward(h: Heads, g: Gradients, room: Room, head: i32, s: i32, scale: f32, dq: usize): void {
  const keys = min(h.keys, h.S - s);
  const dk = g.dk + (<usize> (head * h.S + s) * h.D << 2);
  const dv = g.dv + (<usize> (head * h.S + s) * h.E << 2);
  if (h.T == 0) { // else the last query at least sees each key; the first query that does stores, and later ones add
    memory.fill(dk, 0, <usize> keys * h.D << 2);
    memory.fill(dv, 0, <usize> keys * h.E << 2);
    return;
  }
  const k = h.k.at(head, s);
  packPanels(k, h.k.column, h.k.row, h.D, COLUMNS, keys, room.keys);
  packPanels(k, h.k.row, h.k.column, keys, COLUMNS, h.D, room.keyRows);
  packPanels(h.v.at(head, s), h.v.column, h.v.row, h.E, COLUMNS, keys, room.values);
  for (let t = firstQuery(h, s, 0); t < h.T; t += h.queries) {
    const rows = min(h.queries, h.T - t);
    packQueries(h, g, room, head, t, rows, scale);
    scoreGradients(h, room, head, t, rows, s, keys, scale);
    for (let i = 0; i < keys; i += 4) {
      const from = firstQuery(h, s + i, t);
      if (from >= rows) break;
      const left = <usize> (i * h.queries + 4 * from) << 2;
      const right = <usize> from << 5;
      const panel = <usize> rows << 5;
      const n = min(4, keys - i);
      const depth = rows - from;
      const edge = room.edge;
      const add = t > firstQuery(h, s + i, 0);
      const vRow = dv + (<usize> i * h.E << 2);
      const kRow = dk + (<usize> i * h.D << 2);
      multiplyBlock(room.p + left, n, depth, room.gradRows + right, panel, h.E, vRow, h.E << 2, edge, add);
      multiplyBlock(room.ds + left, n, depth, room.queryRows + right, panel, h.D, kRow, h.D << 2, edge, add);
    }
    for (let r = 0; r < rows; r += 4) {
      const seen = visibleKeys(h, t + r + 3, s, keys);
      turn(room.ds + (<usize> r << 4), <usize> h.queries << 4, seen, room.turned);
      const n = min(4, rows - r);
      const panel = <usize> keys << 5;
      const row = dq + (<usize> (t + r) * h.D << 2);
      multiplyBlock(room.turned, n, seen, room.keyRows, panel, h.D, row, h.D << 2, room.edge, true);
    }
  }
}

/** The first query from `t` on that sees the key s, counted from t, or one of the three before it: a multiple of 4. */
function firstQuery(h: Heads, s: i32, t: i32): i32 {
  return h.causal ? max(0, s + h.T - h.S - t) & ~3 : 0;
}

/**
 * Puts 0 into p and ds where the mask is 0, even where they are NaN. Those of `rows` queries from `t` on are `rowBytes`
 * apart, those of each key of four `keyBytes`, and those of the next four keys `fourBytes`.
 */
export function hideMasked(
  h: Heads,
  head: i32,
  t: i32,
  s: i32,
  rows: i32,
  keys: i32,
  p: usize,
  ds: usize,
  rowBytes: usize,
  keyBytes: usize,
  fourBytes: usize,
): void {
  const mask = h.mask;
  if (mask === null) return;
  for (let r = 0; r < rows; r++) {
    let bit = mask.at(head, t + r) + s * mask.column;
    for (let i = 0; i < keys; i++) {
      if (f32.load(bit) == 0) {
        const at = r * rowBytes + (i >> 2) * fourBytes + (i & 3) * keyBytes;
        f32.store(p + at, 0);
        f32.store(ds + at, 0);
      }
      bit += mask.column;
    }
  }
}

/** Packs a block of queries, with their gradients and softmax. */
function packQueries(h: Heads, g: Gradients, room: Room, head: i32, t: i32, rows: i32, scale: f32): void {
  const padded = (rows + 3) & ~3;
  const q = h.q.at(head, t);
  packRows(q, h.q.row, h.q.column, rows, h.D, room.queries);
  rowScale(room.queries, padded * h.D, scale, room.queries);
  packPanels(q, h.q.row, h.q.column, rows, COLUMNS, h.D, room.queryRows);
  const grad = g.grad.at(head, t);
  packRows(grad, g.grad.row, g.grad.column, rows, h.E, room.grad);
  const first = <usize> (head * h.T + t) << 2;
  for (let r = 0; r < padded; r += 4) {
    const at = <usize> r << 2;
    const out = room.gradRows; // as scratch, before it is filled
    packRows(g.out.at(head, t + r), g.out.row, g.out.column, min(4, rows - r), h.E, out);
    v128.store(room.delta + at, dot4(out, room.grad + at * h.E, h.E));
    // a query that sees no key has weights e^(score − ∞) = 0
    const sum = v128.load(g.sum + first + at);
    const unseen = f32x4.eq(sum, f32x4.splat(0));
    v128.store(room.greatest + at, v128.bitselect(f32x4.splat(Infinity), v128.load(g.max + first + at), unseen));
    v128.store(room.share + at, v128.andnot(f32x4.div(f32x4.splat(1), sum), unseen));
  }
  packPanels(grad, g.grad.row, g.grad.column, rows, COLUMNS, h.E, room.gradRows);
}

/** `Σ a ⊙ b` for four rows, packed as `[n][4]`. */
function dot4(a: usize, b: usize, n: i32): v128 {
  let sum = f32x4.splat(0);
  const end = a + (<usize> n << 4);
  for (; a < end; a += 16) {
    sum = F32.madd(v128.load(a), v128.load(b), sum);
    b += 16;
  }
  return sum;
}

/** p and ds of a block of queries by a block of keys; 0 where a query does not see a key. */
function scoreGradients(
  h: Heads,
  room: Room,
  head: i32,
  t: i32,
  rows: i32,
  s: i32,
  keys: i32,
  scale: f32,
): void {
  const fourBytes = <usize> h.queries << 4;
  multiplyTiles(h, room.queries, room.keys, h.D, t, rows, s, keys, room.p);
  multiplyTiles(h, room.grad, room.values, h.E, t, rows, s, keys, room.ds);
  for (let i = 0; i < keys; i += 4) {
    const from = firstQuery(h, s + i, t);
    const p = room.p + (i >> 2) * fourBytes;
    const ds = room.ds + (i >> 2) * fourBytes;
    weightGradients(p, ds, room, from, rows, scale);
    if (!h.causal) continue;
    const last = s + i + h.T - h.S - t; // from `last` on queries see the first of the four keys, 3 later they see all
    for (let r = from; r < min(rows, last + 3); r++) {
      const at = <usize> r << 4;
      const sees = firstLanes(r - last + 1);
      v128.store(p + at, v128.and(v128.load(p + at), sees));
      v128.store(ds + at, v128.and(v128.load(ds + at), sees));
    }
  }
  hideMasked(h, head, t, s, rows, keys, room.p, room.ds, 16, 4, fourBytes);
}

/** The products of a packed block of queries and one of keys, those left out that no query sees. */
function multiplyTiles(
  h: Heads,
  left: usize,
  right: usize,
  depth: i32,
  t: i32,
  rows: i32,
  s: i32,
  keys: i32,
  out: usize,
): void {
  const fourBytes = <usize> h.queries << 4;
  for (let j = 0; j < keys; j += 8) {
    for (let i = firstQuery(h, s + j, t); i < rows; i += 4) {
      tile(left + (<usize> i * depth << 2), right, depth, out + (<usize> i << 4), fourBytes, 16, false);
    }
    out += 2 * fourBytes;
    right += <usize> depth << 5;
  }
}

/**
 * `p = e^(score − max) / sum` and `ds = p ⊙ (dp − delta) · scale` for four keys, `[queries][4]`, in the place of score
 * and dp.
 */
function weightGradients(p: usize, ds: usize, room: Room, from: i32, to: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (let r = from; r < to; r++) {
    const at = <usize> r << 4;
    const query = <usize> r << 2;
    const power = F32.expOrZero(f32x4.sub(v128.load(p + at), v128.load_splat<f32>(room.greatest + query)));
    const weight = f32x4.mul(power, v128.load_splat<f32>(room.share + query));
    const d = f32x4.sub(v128.load(ds + at), v128.load_splat<f32>(room.delta + query));
    v128.store(p + at, weight);
    v128.store(ds + at, f32x4.mul(f32x4.mul(weight, d), factor));
  }
}

/** Turns ds of four queries, `[keys / 4][4][4]` with the fours `fourBytes` apart, to `[keys][4]`. */
function turn(ds: usize, fourBytes: usize, keys: i32, out: usize): void {
  const end = out + (<usize> keys << 4);
  for (; out < end; out += 64) {
    const q0 = v128.load(ds);
    const q1 = v128.load(ds, 16);
    const q2 = v128.load(ds, 32);
    const q3 = v128.load(ds, 48);
    const low01 = i32x4.shuffle(q0, q1, 0, 4, 1, 5);
    const low23 = i32x4.shuffle(q2, q3, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(q0, q1, 2, 6, 3, 7);
    const high23 = i32x4.shuffle(q2, q3, 2, 6, 3, 7);
    v128.store(out, i64x2.shuffle(low01, low23, 0, 2));
    v128.store(out, i64x2.shuffle(low01, low23, 1, 3), 16);
    v128.store(out, i64x2.shuffle(high01, high23, 0, 2), 32);
    v128.store(out, i64x2.shuffle(high01, high23, 1, 3), 48);
    ds += fourBytes;
  }
}
