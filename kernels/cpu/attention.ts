/** Attention on the compiled kernels; `assembly/attention.ts` says how it is computed. */

import type { Attended, AttentionRule, FusedKernels } from "../fused.ts";
import type { View } from "../kernels.ts";
import { sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import { compactIn, place, put } from "./layout.ts";
import { matrixOffsets } from "./matmul.ts";
import { hasShape } from "./operands.ts";
import { sumColumns } from "./reduce.ts";

/**
 * Queries in a block of the forward kernel, multiples of 8. With more, packing the keys costs less beside the products;
 * with fewer, there are more tasks to share.
 */
const QUERIES = { least: 64, most: 256 };
/** Queries in a block of the backward kernel, a multiple of 8. */
const BACKWARD_QUERIES = 64;
/** Keys in a block, a multiple of 8. */
const KEYS = 128;
/** The least number of tasks to aim at. It does not depend on the threads, because the order of sums depends on it. */
const GOOD_TASKS = 16;
/** About the time for a multiplication and an addition on one thread, in ns. */
const MULTIPLY_NS = 0.05;
/** Up to this many queries, keys and values are read without packing (`assembly/attention_few.ts`). */
const FEW_QUERIES = 4;
/** About the time for a multiplication without packing, which fetches each number from memory, in ns. */
const READ_NS = 0.2;
/** A thread's room for addresses and for a tile at an edge, in numbers. */
const ROOM = 64;

/** Makes the kernels of this file for an engine. */
export function attentionKernels(engine: Engine): Pick<FusedKernels, "attention" | "attentionBackward"> {
  return {
    attention(q, k, v, rule) {
      const sizes = sizesOf(q, k, v, rule);
      const { heads, T, S, D, E } = sizes;
      const { memory } = engine;
      memory.begin();
      const few = T <= FEW_QUERIES;
      const even = upTo8(heads * T / GOOD_TASKS);
      const queries = few ? Math.max(1, T) : Math.min(upTo8(T), Math.max(QUERIES.least, Math.min(QUERIES.most, even)));
      const keys = Math.min(upTo8(S), KEYS);
      const table = describe(engine, sizes, [q, k, v], rule, { queries, keys });
      const out = memory.allocateResult(heads * T * E);
      const [max, sum] = [memory.allocateResult(heads * T), memory.allocateResult(heads * T)];
      const localLength = few ? upTo8(S) + upTo8(D) : ROOM + queries * (D + 2) + keys * (D + upTo8(E) + 8);
      const local = memory.allocate(engine.pool.threads * localLength);
      const tasks = heads * Math.ceil(T / queries);
      const plan = engine.plan(tasks, Math.min(T, queries) * S * (D + E) * (few ? READ_NS : MULTIPLY_NS));
      const args = { heads: table, scale: rule.scale, out, max, sum, local, localBytes: 4 * localLength, tasks };
      engine.run(few ? "attentionFew" : "attention", args, plan);
      return {
        out: memory.take(out, heads * T * E),
        max: memory.take(max, heads * T),
        sum: memory.take(sum, heads * T),
      };
    },

    attentionBackward(q, k, v, { out, max, sum }, grad, rule) {
      const sizes = sizesOf(q, k, v, rule);
      const { heads, T, S, D, E } = sizes;
      checkAttended(q, v, { out, max, sum }, grad);
      const { memory } = engine;
      memory.begin();
      const few = T <= FEW_QUERIES; // as in the forward kernel: the two ways round scores differently
      const queries = Math.min(upTo8(T), BACKWARD_QUERIES);
      const keys = Math.min(upTo8(S), KEYS);
      const table = describe(engine, sizes, [q, k, v], rule, { queries, keys });
      // if there are few heads, each divides its keys among tasks, which sum the gradient of q separately
      const groups = few ? 1 : Math.max(1, Math.min(Math.ceil(S / keys), Math.floor(GOOD_TASKS / heads)));
      const [dqLength, dkLength, dvLength] = [heads * T * D, heads * S * D, heads * S * E];
      const dq = memory.allocateResult(dqLength);
      const dqs = groups > 1 ? memory.allocate(groups * dqLength) : dq;
      const [dk, dv] = [memory.allocateResult(dkLength), memory.allocateResult(dvLength)];
      const gradients = memory.putIntegers([
        ...[describeMatrices(engine, grad, few), describeMatrices(engine, out, few)],
        ...[put(engine, max), put(engine, sum), dqs, dk, dv, groups],
      ]);
      const [paddedD, paddedE] = [upTo8(D), upTo8(E)];
      const localLength = few
        ? (2 + 2 * T) * upTo8(S) + paddedD
        : ROOM + queries * (2 * paddedD + 2 * paddedE + 3 + 2 * keys) + keys * (2 * paddedD + paddedE + 4);
      const local = memory.allocate(engine.pool.threads * localLength);
      const tasks = heads * groups;
      const plan = engine.plan(tasks, T * S * (3 * D + 2 * E) * (few ? READ_NS : MULTIPLY_NS) / groups);
      const args = { heads: table, gradients, scale: rule.scale, local, localBytes: 4 * localLength, tasks };
      engine.run(few ? "attentionFewBackward" : "attentionBackward", args, plan);
      if (groups > 1) sumColumns(engine, { x: dqs, stride: 4 * dqLength, rows: groups, out: dq, columns: dqLength });
      return { q: memory.take(dq, dqLength), k: memory.take(dk, dkLength), v: memory.take(dv, dvLength) };
    },
  };
}

/** The next multiple of 8, at least 8: a block has at least one panel. */
function upTo8(n: number): number {
  return 8 * Math.max(1, Math.ceil(n / 8));
}

interface Sizes {
  readonly heads: number;
  readonly T: number;
  readonly S: number;
  readonly D: number;
  readonly E: number;
}

function sizesOf(q: View, k: View, v: View, { mask }: AttentionRule): Sizes {
  const outer = q.shape.slice(0, -2);
  const [T, D, S, E] = [q.shape.at(-2)!, q.shape.at(-1)!, k.shape.at(-2)!, v.shape.at(-1)!];
  hasShape("attention", "the keys", k, [...outer, S, D]);
  hasShape("attention", "the values", v, [...outer, S, E]);
  if (mask !== undefined) hasShape("attention", "the mask", mask, [...outer, T, S]);
  return { heads: sizeOf(outer), T, S, D, E };
}

function checkAttended(q: View, v: View, { out, max, sum }: Attended<View>, grad: View): void {
  const rows = q.shape.slice(0, -1);
  const wanted = [...rows, v.shape.at(-1)!];
  hasShape("attentionBackward", "the output", out, wanted);
  hasShape("attentionBackward", "the gradient", grad, wanted);
  hasShape("attentionBackward", "the maxima", max, rows);
  hasShape("attentionBackward", "the sums", sum, rows);
}

/** Writes a `Heads` of `assembly/attention.ts` to the memory, and returns its address. */
function describe(
  engine: Engine,
  { heads, T, S, D, E }: Sizes,
  operands: readonly View[],
  { causal, mask }: AttentionRule,
  block: { readonly queries: number; readonly keys: number },
): number {
  return engine.memory.putIntegers([
    ...[heads, T, S, D, E, causal ? 1 : 0, block.queries, block.keys],
    ...operands.map((operand) => describeMatrices(engine, operand, T <= FEW_QUERIES)),
    mask ? describeMatrices(engine, mask, false) : 0,
  ]);
}

/**
 * Brings matrices into the memory, copied if their rows have gaps and must not (`wholeRows`); writes a `Matrices` of
 * `assembly/attention.ts`, and returns its address.
 */
function describeMatrices(engine: Engine, view: View, wholeRows: boolean): number {
  const asItLies = place(engine, view);
  const placed = wholeRows && asItLies.strides.at(-1) !== 1 ? compactIn(engine, asItLies) : asItLies;
  const starts = engine.memory.putIntegers(matrixOffsets(placed));
  const [row, column] = [placed.strides.at(-2)!, placed.strides.at(-1)!];
  return engine.memory.putIntegers([placed.address, starts, 4 * row, 4 * column]);
}
