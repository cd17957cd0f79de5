// AssemblyScript, not TypeScript: `asc` checks its types, and has some (v128) that TypeScript lacks
// deno-lint-ignore-file
// @ts-nocheck: see above

/**
 * Attention of few queries, as when a model writes one token after another: keys and values are read where they lie, as
 * packing them would take longer than the products, and the scores are those of one query by all keys.
 */

import { applyMask, Heads, visibleKeys } from "./attention.ts";
import { F32 } from "./f32.ts";
import { rowTimesColumns, rowTimesRows } from "./few_rows.ts";
import { rowExp, rowMax, rowScale } from "./rows.ts";

/**
 * `out` and `logSumExp`, where the rows of q, k and v have no gaps; a task is one head, and chunk c has the tasks from
 * `c · step`. `local` has room for a query and its scores on each thread.
 */
export function attentionFew(
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
  const scores = local + thread * localBytes; // [S]
  const query = scores + (<usize> ((h.S + 3) & ~3) << 2); // [D]
  const end = min(tasks, (chunk + 1) * step);
  for (let head = chunk * step; head < end; head++) {
    for (let t = 0; t < h.T; t++) {
      const row = <usize> (head * h.T + t);
      const acc = out + (row * h.E << 2);
      const visible = visibleKeys(h, t, 0, h.S);
      rowScale(h.q.at(head, t), h.D, scale, query);
      rowTimesColumns(query, h.k.at(head, 0), h.k.row, h.D, visible, scores);
      applyMask(h, head, t, 0, 1, visible, scores, 0, 4, 16);
      const greatest = rowMax(scores, visible);
      const sees = greatest != -Infinity;
      const total = <f32> (sees ? rowExp(scores, visible, greatest, scores) : 0);
      rowTimesRows(scores, h.v.at(head, 0), h.v.row, sees ? visible : 0, h.E, acc);
      if (sees) rowScale(acc, h.E, 1 / total, acc);
      f32.store(logSumExp + (row << 2), greatest + f32x4.extract_lane(F32.log(f32x4.splat(total)), 0));
    }
  }
}
