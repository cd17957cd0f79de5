/** Sums and maxima of many numbers, and running sums. */

import type { Kernels, View } from "../kernels.ts";
import { collapse, sizeOf } from "../view.ts";
import type { Arguments, Engine } from "./engine.ts";
import { compact, compactIn, place, put } from "./layout.ts";
import type { Floats } from "./memory.ts";
import { rowsOf } from "./operands.ts";

/** About the time for one element, in ns. */
const ELEMENT_NS = 0.15;
/** The same for a running sum, where each step waits for the one before. */
const RUNNING_NS = 1.5;

/** The kernels of this file. */
export type ReduceKernels = Pick<Kernels, "reduce" | "argmax" | "cumsum">;

/** Makes the kernels of this file for an engine. */
export function reduceKernels(engine: Engine): ReduceKernels {
  return {
    reduce(op, a, axes) {
      const cut = a.shape.length - axes;
      const [kept, folded] = [sizeOf(a.shape.slice(0, cut)), sizeOf(a.shape.slice(cut))];
      if (kept * folded === 0) return new Float32Array(kept).fill(op === "sum" ? 0 : -Infinity);
      const { memory } = engine;
      memory.begin();
      const { address, strides } = place(engine, a);
      const out = memory.allocateResult(kept);
      const stride = strideOfRows({ shape: a.shape, strides }, cut);
      if (op === "sum" && stride !== undefined) {
        sumColumns(engine, { x: address, stride: 4 * stride, rows: folded, out, columns: kept });
      } else {
        const x = compactIn(engine, { address, shape: a.shape, strides }).address;
        const kernel = op === "sum" ? "sumRows" : "maxRows";
        engine.run(kernel, { x, n: folded, out, rows: kept }, engine.plan(kept, folded * ELEMENT_NS));
      }
      return memory.take(out, kept);
    },

    argmax(a) { // in plain JavaScript, which is where the positions are needed
      const x = compact(engine, a);
      const { n, rows } = rowsOf(a);
      return Int32Array.from({ length: rows }, (_, r) => firstMaximum(x.subarray(r * n, (r + 1) * n)));
    },

    cumsum(a, reverse) {
      const { n, rows } = rowsOf(a);
      const { memory } = engine;
      memory.begin();
      const x = put(engine, a);
      const out = memory.allocateResult(rows * n);
      engine.run("cumsum", { x, n, reverse: reverse ? 1 : 0, out, rows }, engine.plan(rows, n * RUNNING_NS));
      return memory.take(out, rows * n);
    },
  };
}

/** `out[j] = Σ x[r][j]` for rows that are `stride` bytes apart. */
export function sumColumns(engine: Engine, args: Arguments<"sumColumns">): void {
  engine.run("sumColumns", args, engine.plan(args.columns, args.rows * ELEMENT_NS, 4));
}

/**
 * The distance between rows, in numbers, if the axes to keep form one row without gaps and those to reduce are rows at
 * one distance, as when a bias's gradient is summed over rows.
 */
function strideOfRows({ shape, strides }: Pick<View, "shape" | "strides">, cut: number): number | undefined {
  const kept = collapse({ shape: shape.slice(0, cut), strides: [strides.slice(0, cut)] }).strides[0]!;
  const folded = collapse({ shape: shape.slice(cut), strides: [strides.slice(cut)] }).strides[0]!;
  return kept.length === 1 && kept[0] === 1 && folded.length === 1 ? folded[0] : undefined;
}

/** The position of the first maximum, or of the first NaN. */
function firstMaximum(row: Floats): number {
  let best = 0;
  for (let i = 0; i < row.length; i++) {
    if (row[i]! > row[best]!) best = i;
    else if (Number.isNaN(row[i])) return i;
  }
  return best;
}
