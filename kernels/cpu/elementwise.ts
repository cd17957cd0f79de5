/** Element by element: functions of one number and of two, and the choice between two. */

import type { BinaryOp, UnaryBackwardOp, UnaryOp, View } from "../kernels.ts";
import { sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import type { Floats } from "./memory.ts";
import { collapse, compactIn, numbers, place, type Placed, put } from "./layout.ts";

/** About what one element takes, in ns; the rarer functions are not so much slower that it would matter. */
const UNARY_NS = 1;
const BINARY_NS = 0.5;
/** `pow` calls the host for each element. */
const POW_NS = 30;

/** `out = op(a)`. */
export function unary(engine: Engine, op: UnaryOp, a: View): Floats {
  const { memory } = engine;
  memory.begin();
  const length = sizeOf(a.shape);
  const x = put(engine, a);
  const out = memory.allocateResult(length);
  engine.run(op, [x, out, length], engine.plan(length, UNARY_NS, 4));
  return memory.take(out, length);
}

/** `out = grad ⊙ op′(a)`, where `out = op(a)`. */
export function unaryBackward(engine: Engine, op: UnaryBackwardOp, a: View, out: View, grad: View): Floats {
  const { memory } = engine;
  memory.begin();
  const length = sizeOf(a.shape);
  const operands = [a, out, grad].map((view) => put(engine, view));
  const result = memory.allocateResult(length);
  engine.run(`${op}Backward`, [...operands, result, length], engine.plan(length, UNARY_NS, 4));
  return memory.take(result, length);
}

/** `out = op(a, b)`, by rows along which each operand has one number after another, or one for all. */
export function binary(engine: Engine, op: BinaryOp, a: View, b: View): Floats {
  if (op === "pow" && constantOf(b) === 2) return binary(engine, "mul", a, a);
  const length = sizeOf(a.shape);
  if (length === 0) return new Float32Array(0);
  const { memory } = engine;
  memory.begin();
  const { x, y, columns } = asRows(engine, place(engine, a), place(engine, b));
  const out = memory.allocateResult(length);
  const plan = engine.plan(Math.ceil(length / columns), columns * (op === "pow" ? POW_NS : BINARY_NS));
  const kernel = op === "pow" ? "power" : op; // AssemblyScript has a `pow` already
  engine.run(kernel, [x.address, x.row, x.column, y.address, y.row, y.column, out, columns, length], plan);
  return memory.take(out, length);
}

/** `out = condition ≠ 0 ? a : b`. */
export function select(engine: Engine, condition: View, a: View, b: View): Floats {
  const { memory } = engine;
  memory.begin();
  const length = sizeOf(condition.shape);
  const operands = [condition, a, b].map((view) => put(engine, view));
  const out = memory.allocateResult(length);
  engine.run("select", [...operands, out, length], engine.plan(length, BINARY_NS, 4));
  return memory.take(out, length);
}

/** The number that all elements of a view are, if that shows in its strides. */
function constantOf({ storage, shape, strides, offset }: View): number | undefined {
  const constant = sizeOf(shape) > 0 && strides.every((stride, axis) => stride === 0 || shape[axis] === 1);
  return constant ? numbers(storage)[offset] : undefined;
}

/** An operand of a binary kernel: how far apart, in bytes, rows are, and in numbers, 1 or 0, columns. */
interface RowOperand {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** Two operands that need no rows at all are cut into rows of this many numbers, for the threads. */
const FLAT_COLUMNS = 4096;

/** Reads two operands as rows and columns; one that lies otherwise is copied within the memory. */
function asRows(engine: Engine, a: Placed, b: Placed): { x: RowOperand; y: RowOperand; columns: number } {
  const { shape, strides } = collapse(a.shape, [a.strides, b.strides]);
  const [aStrides, bStrides] = [strides[0]!, strides[1]!];
  const inner = shape.length - 1;
  const fits = (s: number[]) => shape.length < 3 && (inner < 0 || s[inner] === 0 || s[inner] === 1);
  if (fits(aStrides) && fits(bStrides)) {
    const operand = ({ address }: Placed, s: number[]): RowOperand => {
      const column = s[inner] ?? 0;
      return { address, row: 4 * (inner > 0 ? s[0]! : FLAT_COLUMNS * column), column };
    };
    return { x: operand(a, aStrides), y: operand(b, bStrides), columns: inner > 0 ? shape[1]! : FLAT_COLUMNS };
  }
  return asRows(engine, compactIn(engine, a), compactIn(engine, b));
}
