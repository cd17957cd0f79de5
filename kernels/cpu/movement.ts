/** Kernels that only move numbers. */

import type { Part, View } from "../kernels.ts";
import { type Shape, sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import { compactIn, copyElements, copyRows, numbers, place, put } from "./layout.ts";
import type { Floats } from "./memory.ts";

/** About what adding a number takes, in ns. */
const ADD_NS = 0.3;

/** Rows by number: `out[i] = a[indices[i]]` along the first axis. */
export function gather(engine: Engine, a: View, indices: Int32Array): Floats {
  const { memory } = engine;
  memory.begin();
  const columns = sizeOf(a.shape.slice(1));
  const x = compactIn(engine, place(engine, a)).address;
  const out = memory.allocateResult(indices.length * columns);
  copyRows(engine, x, indices.map((index) => index * columns), 1, out, columns);
  return memory.take(out, indices.length * columns);
}

/** The dual of `gather`: an array of `shape` where `out[indices[i]] += a[i]`, and 0 elsewhere. */
export function scatterAdd(engine: Engine, a: View, indices: Int32Array, shape: Shape): Floats {
  const { memory } = engine;
  memory.begin();
  const [rows, columns] = [shape[0]!, sizeOf(shape.slice(1))];
  const [x, table] = [put(engine, a), memory.putIntegers(indices)];
  const out = memory.allocateResult(rows * columns);
  const plan = engine.plan(columns, (rows + indices.length) * ADD_NS, 16);
  engine.run("scatterAdd", [x, table, indices.length, out, rows, columns], plan);
  return memory.take(out, rows * columns);
}

/** `length` zeros into which every part is written. */
export function assemble({ memory }: Engine, length: number, parts: readonly Part[]): Floats {
  const out = memory.makeArray(length).fill(0);
  for (const { view, layout } of parts) copyElements(numbers(view.storage), view, out, layout);
  return out;
}
