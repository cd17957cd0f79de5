/** Kernels that only move numbers. */

import type { Kernels } from "../kernels.ts";
import { sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import { compact, copyElements, copyRows, numbers, put } from "./layout.ts";
import { areBelow, hasShape, liesWithin } from "./operands.ts";

/** About the time to add a number, in ns. */
const ADD_NS = 0.3;

/** The kernels of this file. */
export type MovementKernels = Pick<Kernels, "write" | "read" | "full" | "copy" | "gather" | "scatterAdd" | "assemble">;

/** Makes the kernels of this file for an engine. */
export function movementKernels(engine: Engine): MovementKernels {
  return {
    write(values) {
      const array = engine.memory.makeArray(values.length);
      array.set(values);
      return array;
    },

    read: (storage) => new Float32Array(numbers(storage)), // on the heap

    full: (length, value) => engine.memory.makeArray(length).fill(value),

    copy: (a) => compact(engine, a),

    gather(a, indices) {
      areBelow("gather", indices, a.shape[0]!);
      const { memory } = engine;
      memory.begin();
      const columns = sizeOf(a.shape.slice(1));
      const x = put(engine, a);
      const out = memory.allocateResult(indices.length * columns);
      copyRows(engine, { x, starts: indices.map((index) => index * columns), stride: 4, out, n: columns });
      return memory.take(out, indices.length * columns);
    },

    scatterAdd(a, indices, shape) {
      const [rows, n] = [shape[0]!, sizeOf(shape.slice(1))];
      areBelow("scatterAdd", indices, rows);
      hasShape("scatterAdd", "the rows", a, [indices.length, ...shape.slice(1)]);
      const { memory } = engine;
      memory.begin();
      const [x, table] = [put(engine, a), memory.putIntegers(indices)];
      const out = memory.allocateResult(rows * n);
      const plan = engine.plan(n, (rows + indices.length) * ADD_NS, 16);
      engine.run("scatterAdd", { x, indices: table, count: indices.length, out, rows, n }, plan);
      return memory.take(out, rows * n);
    },

    assemble(length, parts) {
      const out = engine.memory.makeArray(length).fill(0);
      for (const { view, layout } of parts) {
        hasShape("assemble", "a part", view, layout.shape);
        liesWithin(view);
        liesWithin({ ...layout, storage: out });
        copyElements(numbers(view.storage), view, out, layout);
      }
      return out;
    },
  };
}
