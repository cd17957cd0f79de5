/** Folding many numbers into one. */

import type { ReduceOp, View } from "../kernels.ts";
import { sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import type { Floats } from "./memory.ts";
import { collapse, compact, compactIn, place, put } from "./layout.ts";

/** About what one element takes, in ns. */
const ELEMENT_NS = 0.15;
/** The same of a running sum, each of which waits for the one before. */
const RUNNING_NS = 1.5;

/** Folds the last `axes` axes of `a` into one number each. */
export function reduce(engine: Engine, op: ReduceOp, a: View, axes: number): Floats {
  const cut = a.shape.length - axes;
  const [kept, folded] = [sizeOf(a.shape.slice(0, cut)), sizeOf(a.shape.slice(cut))];
  if (kept * folded === 0) return new Float32Array(kept).fill(op === "sum" ? 0 : -Infinity);
  const { memory } = engine;
  memory.begin();
  const { address, strides } = place(engine, a);
  const out = memory.allocateResult(kept);
  const stride = strideOfRows({ shape: a.shape, strides }, cut);
  if (op === "sum" && stride !== undefined) {
    sumColumns(engine, address, stride, folded, out, kept);
  } else {
    const x = compactIn(engine, { address, shape: a.shape, strides });
    const kernel = op === "sum" ? "sumRows" : "maxRows";
    engine.run(kernel, [x.address, folded, out, kept], engine.plan(kept, folded * ELEMENT_NS));
  }
  return memory.take(out, kept);
}

/** `out[j] = Σ x[r][j]` for rows that are `stride` numbers apart. */
export function sumColumns(
  engine: Engine,
  x: number,
  stride: number,
  rows: number,
  out: number,
  columns: number,
): void {
  engine.run("sumColumns", [x, 4 * stride, rows, out, columns], engine.plan(columns, rows * ELEMENT_NS, 4));
}

/**
 * If what is kept lies side by side and what is folded one row below another, as when a bias's gradient is summed over
 * rows: how many numbers the rows are apart.
 */
function strideOfRows({ shape, strides }: Pick<View, "shape" | "strides">, cut: number): number | undefined {
  const kept = collapse(shape.slice(0, cut), [strides.slice(0, cut)]).strides[0]!;
  const folded = collapse(shape.slice(cut), [strides.slice(cut)]).strides[0]!;
  return kept.length === 1 && kept[0] === 1 && folded.length === 1 ? folded[0] : undefined;
}

/** The position of the first maximum along the last axis, or of the first NaN; in plain JavaScript, as it goes there. */
export function argmax(engine: Engine, a: View): Int32Array {
  const x = compact(engine, a);
  const count = a.shape.at(-1)!;
  const out = new Int32Array(x.length / count);
  for (let r = 0; r < out.length; r++) out[r] = firstMaximum(x.subarray(r * count, (r + 1) * count));
  return out;
}

function firstMaximum(row: Floats): number {
  let best = 0;
  for (let i = 0; i < row.length; i++) {
    if (row[i]! > row[best]!) best = i;
    else if (row[i] !== row[i]) return i;
  }
  return best;
}

/** Running sums along the last axis. */
export function cumsum(engine: Engine, a: View, reverse: boolean): Floats {
  const n = a.shape.at(-1)!;
  const rows = sizeOf(a.shape.slice(0, -1));
  const { memory } = engine;
  memory.begin();
  const x = put(engine, a);
  const out = memory.allocateResult(rows * n);
  engine.run("cumsum", [x, n, reverse ? 1 : 0, out, rows], engine.plan(rows, n * RUNNING_NS));
  return memory.take(out, rows * n);
}
