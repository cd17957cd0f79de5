/** Kernels that work element by element: functions of one number and of two, and the choice between two. */

import type { BinaryOp, Kernels, View } from "../kernels.ts";
import { collapse, sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import { compactIn, numbers, place, type Placed, put } from "./layout.ts";
import type { Floats } from "./memory.ts";
import { hasShape } from "./operands.ts";

/** About the time for one element, in ns. (Rarer functions take longer, but not so long that it matters.) */
const UNARY_NS = 1;
const BINARY_NS = 0.5;
/** `pow` calls the host for each element. */
const POW_NS = 30;

/** The kernels of this file. */
export type ElementwiseKernels = Pick<Kernels, "unary" | "unaryBackward" | "binary" | "select">;

/** Makes the kernels of this file for an engine. */
export function elementwiseKernels(engine: Engine): ElementwiseKernels {
  return {
    unary(op, a) {
      const { memory } = engine;
      memory.begin();
      const length = sizeOf(a.shape);
      const x = put(engine, a);
      const out = memory.allocateResult(length);
      engine.run(op, { x, out, length }, engine.plan(length, UNARY_NS, 4));
      return memory.take(out, length);
    },

    unaryBackward(op, a, out, grad) {
      hasShape(`the gradient of ${op}`, "its output", out, a.shape);
      hasShape(`the gradient of ${op}`, "the output's gradient", grad, a.shape);
      const { memory } = engine;
      memory.begin();
      const length = sizeOf(a.shape);
      const operands = { x: put(engine, a), y: put(engine, out), grad: put(engine, grad) };
      const result = memory.allocateResult(length);
      engine.run(`${op}Backward`, { ...operands, out: result, length }, engine.plan(length, UNARY_NS, 4));
      return memory.take(result, length);
    },

    binary(op, a, b) {
      hasShape(op, "the second operand", b, a.shape);
      return op === "pow" && constantOf(b) === 2 ? binary(engine, "mul", a, a) : binary(engine, op, a, b);
    },

    select(condition, a, b) {
      hasShape("select", "the first operand", a, condition.shape);
      hasShape("select", "the second operand", b, condition.shape);
      const { memory } = engine;
      memory.begin();
      const length = sizeOf(condition.shape);
      const operands = { condition: put(engine, condition), a: put(engine, a), b: put(engine, b) };
      const out = memory.allocateResult(length);
      engine.run("select", { ...operands, out, length }, engine.plan(length, BINARY_NS, 4));
      return memory.take(out, length);
    },
  };
}

/** `out = op(a, b)`, row by row: along a row, an operand has consecutive numbers, or one number for the whole row. */
function binary(engine: Engine, op: BinaryOp, a: View, b: View): Floats {
  const length = sizeOf(a.shape);
  if (length === 0) return new Float32Array(0);
  const { memory } = engine;
  memory.begin();
  const { operands, columns } = asRows(engine, place(engine, a), place(engine, b));
  const out = memory.allocateResult(length);
  const plan = engine.plan(Math.ceil(length / columns), columns * (op === "pow" ? POW_NS : BINARY_NS));
  const kernel = op === "pow" ? "power" : op; // AssemblyScript has a `pow` already
  engine.run(kernel, { ...operands, out, columns, length }, plan);
  return memory.take(out, length);
}

/** The number that every element of a view is, if the strides show that there is only one. */
function constantOf({ storage, shape, strides, offset }: View): number | undefined {
  const constant = sizeOf(shape) > 0 && strides.every((stride, axis) => stride === 0 || shape[axis] === 1);
  return constant ? numbers(storage)[offset] : undefined;
}

/**
 * Where the operands of a binary kernel begin, the distance between rows in bytes, and between columns: 1 or 0 numbers.
 */
interface RowOperands {
  readonly a: number;
  readonly aRow: number;
  readonly aColumn: number;
  readonly b: number;
  readonly bRow: number;
  readonly bColumn: number;
}

/** Operands that need no rows are cut into rows of this many numbers, for the threads to share. */
const FLAT_COLUMNS = 4096;

/** Reads two operands as rows and columns; an operand with another layout is copied first. */
function asRows(engine: Engine, a: Placed, b: Placed): { operands: RowOperands; columns: number } {
  const { shape, strides } = collapse({ shape: a.shape, strides: [a.strides, b.strides] });
  const [aStrides, bStrides] = [strides[0]!, strides[1]!];
  const inner = shape.length - 1;
  const fits = (s: readonly number[]) => shape.length < 3 && (inner < 0 || s[inner] === 0 || s[inner] === 1);
  if (!fits(aStrides) || !fits(bStrides)) return asRows(engine, compactIn(engine, a), compactIn(engine, b));
  const [aColumn, bColumn] = [aStrides[inner] ?? 0, bStrides[inner] ?? 0];
  const row = (s: readonly number[], column: number) => 4 * (inner > 0 ? s[0]! : FLAT_COLUMNS * column);
  const operands = {
    ...{ a: a.address, aRow: row(aStrides, aColumn), aColumn },
    ...{ b: b.address, bRow: row(bStrides, bColumn), bColumn },
  };
  return { operands, columns: inner > 0 ? shape[1]! : FLAT_COLUMNS };
}
