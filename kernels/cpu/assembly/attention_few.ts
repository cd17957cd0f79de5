// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * Attention of few queries, as when a model writes one token at a time. Keys and values are read where they are,
 * because packing them would take longer than the products. Rows of all operands have no gaps. A task is one head;
 * chunk c has the tasks from `c · step`.
 */

import { applyMask, Heads, visibleKeys } from "./attention.ts";
import { Gradients, hideMasked } from "./attention_backward.ts";
import { rowTimesColumns, rowTimesRows } from "./few_rows.ts";
import { rowDot, rowExp, rowMax, rowScale, storePart } from "./rows.ts";

/** The scores of one query with the first `count` keys. Both kernels call this, and so get the same bits. */
function scoresOf(h: Heads, head: i32, t: i32, scale: f32, count: i32, query: usize, scores: usize): void {
  rowScale(h.q.at(head, t), h.D, scale, query);
  rowTimesColumns(query, h.k.at(head, 0), h.k.row, h.D, count, scores);
  applyMask(h, head, t, 0, 1, count, scores, 0, 4, 16);
}

/** `out`, `max` and `sum`. `local` has room for a query and its scores on each thread. */
export function attentionFew(
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
  const scores = local + thread * localBytes; // [S]
  const query = scores + (<usize> ((h.S + 7) & ~7) << 2); // [D]
  const end = min(tasks, (chunk + 1) * step);
  for (let head = chunk * step; head < end; head++) {
    for (let t = 0; t < h.T; t++) {
      const row = <usize> (head * h.T + t);
      const acc = out + (row * h.E << 2);
      const visible = visibleKeys(h, t, 0, h.S);
      scoresOf(h, head, t, scale, visible, query, scores);
      const greatest = rowMax(scores, visible);
      const sees = greatest != -Infinity;
      const total = <f32> (sees ? rowExp(scores, visible, greatest, scores) : 0);
      rowTimesRows(scores, h.v.at(head, 0), h.v.row, sees ? visible : 0, h.E, acc);
      if (sees) rowScale(acc, h.E, 1 / total, acc);
      f32.store(max + (row << 2), greatest);
      f32.store(sum + (row << 2), total);
    }
  }
}

/**
 * The gradients. `local` has room on each thread for a query, its weights and the gradients of its scores, and for
 * those of all queries, key by key.
 */
export function attentionFewBackward(
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
  const rowBytes = <usize> ((h.S + 7) & ~7) << 2;
  const p = local + thread * localBytes; // [S]
  const ds = p + rowBytes; // [S]
  const query = ds + rowBytes; // [D]
  const pByKey = query + (<usize> ((h.D + 7) & ~7) << 2); // [S][T]
  const dsByKey = pByKey + rowBytes * h.T; // [S][T]
  const end = min(tasks, (chunk + 1) * step);
  for (let head = chunk * step; head < end; head++) {
    memory.fill(pByKey, 0, 2 * rowBytes * h.T);
    for (let t = 0; t < h.T; t++) {
      const row = <usize> (head * h.T + t);
      const sum = f32.load(g.sum + (row << 2));
      const visible = sum == 0 ? 0 : visibleKeys(h, t, 0, h.S);
      scoresOf(h, head, t, scale, visible, query, p);
      rowExp(p, visible, f32.load(g.max + (row << 2)), p);
      rowScale(p, visible, 1 / sum, p);
      const grad = g.grad.at(head, t);
      rowTimesColumns(grad, h.v.at(head, 0), h.v.row, h.E, visible, ds);
      scoreGradients(p, <f32> rowDot(grad, g.out.at(head, t), h.E), scale, visible, ds);
      hideMasked(h, head, t, 0, 1, visible, p, ds, 0, 4, 16);
      rowTimesRows(ds, h.k.at(head, 0), h.k.row, visible, h.D, g.dq + (row * h.D << 2));
      for (let s = 0; s < visible; s++) {
        const at = <usize> (s * h.T + t) << 2;
        f32.store(pByKey + at, f32.load(p + (<usize> s << 2)));
        f32.store(dsByKey + at, f32.load(ds + (<usize> s << 2)));
      }
    }
    for (let s = 0; s < h.S; s++) {
      const at = <usize> (s * h.T) << 2;
      const key = <usize> (head * h.S + s);
      rowTimesRows(dsByKey + at, h.q.at(head, 0), h.q.row, h.T, h.D, g.dk + (key * h.D << 2));
      rowTimesRows(pByKey + at, g.grad.at(head, 0), g.grad.row, h.T, h.E, g.dv + (key * h.E << 2));
    }
  }
}

/** `ds = p ⊙ (dp − delta) · scale`, in the place of dp. */
function scoreGradients(p: usize, delta: f32, scale: f32, n: i32, ds: usize): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize> i << 2;
    const d = f32x4.sub(v128.load(ds + at), f32x4.splat(delta));
    storePart(ds + at, f32x4.mul(f32x4.mul(v128.load(p + at), d), f32x4.splat(scale)), n - i);
  }
}
