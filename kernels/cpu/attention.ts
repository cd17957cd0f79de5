/** Attention on the compiled kernels; `assembly/attention.ts` says how it is computed. */

import type { AttentionOptions } from "../fused.ts";
import type { View } from "../kernels.ts";
import { sizeOf } from "../view.ts";
import type { Engine } from "./engine.ts";
import type { Floats } from "./memory.ts";
import { place, type Placed, put } from "./layout.ts";
import { matrixOffsets, packMatrices } from "./matmul.ts";

/** Queries in a block: a multiple of the tile's 4 rows. */
const QUERIES = 48;
/** Keys in a block, a multiple of the tile's 8 columns; backward, whose tiles are turned, also of its 4 rows. */
const KEYS = { forward: 256, backward: 96 };
/** A tile, in numbers: a thread's room for one that juts out. */
const TILE = 4 * 8;
/** About what one multiplication with its addition takes on one thread. */
const MULTIPLY_NS = 0.06;

/** `out = softmax(scale · q kᵀ) v`, and the logarithm of each softmax's denominator. */
export function attention(
  engine: Engine,
  q: View,
  k: View,
  v: View,
  options: AttentionOptions,
): { out: Floats; logSumExp: Floats } {
  const sizes = sizesOf(q, k, v);
  const { heads, T, S, D, E } = sizes;
  const { memory } = engine;
  memory.begin();
  const description = describe(engine, sizes, place(engine, q), place(engine, k), options, KEYS.forward);
  const valuePanels = packMatrices(engine, place(engine, v));
  const table = memory.putIntegers([...description, valuePanels.address, memory.putIntegers(valuePanels.indices)]);
  const [out, logSumExp] = [memory.allocateResult(heads * T * E), memory.allocateResult(heads * T)];
  const localLength = TILE + QUERIES * (D + 2 * KEYS.forward + 2);
  const local = memory.allocate(engine.pool.threads * localLength);
  const tasks = heads * Math.ceil(T / QUERIES);
  const plan = engine.plan(tasks, Math.min(T, QUERIES) * S * (D + E) * MULTIPLY_NS);
  engine.run("attention", [table, options.scale, out, logSumExp, local, 4 * localLength, tasks], plan);
  return { out: memory.take(out, heads * T * E), logSumExp: memory.take(logSumExp, heads * T) };
}

/** The gradients of attention by q, k and v. */
export function attentionBackward(
  engine: Engine,
  q: View,
  k: View,
  v: View,
  out: View,
  logSumExp: View,
  grad: View,
  options: AttentionOptions,
): { q: Floats; k: Floats; v: Floats } {
  const sizes = sizesOf(q, k, v);
  const { heads, T, S, D, E } = sizes;
  const { memory } = engine;
  memory.begin();
  const [queries, keys] = [place(engine, q), place(engine, k)];
  const description = describe(engine, sizes, queries, keys, options, KEYS.backward);
  const valuePanels = packMatrices(engine, transposed(place(engine, v)));
  const table = memory.putIntegers([...description, valuePanels.address, memory.putIntegers(valuePanels.indices)]);
  const gradient = put(engine, grad);
  const keyRows = packMatrices(engine, keys);
  const queryRows = packMatrices(engine, queries);
  const gradRows = packMatrices(engine, { address: gradient, shape: [heads, T, E], strides: [T * E, E, 1] });
  const [outs, logs] = [put(engine, out), put(engine, logSumExp)];
  const dq = memory.allocateResult(heads * T * D);
  const dk = memory.allocateResult(heads * S * D);
  const dv = memory.allocateResult(heads * S * E);
  const gradients = memory.putIntegers([
    ...[keyRows.address, queryRows.address, memory.putIntegers(queryRows.indices), gradRows.address],
    ...[gradient, outs, logs, dq, dk, dv],
  ]);
  const localLength = TILE + QUERIES * (D + E + 3 * KEYS.backward) + T;
  const local = memory.allocate(engine.pool.threads * localLength);
  const plan = engine.plan(heads, T * S * (3 * D + 2 * E) * MULTIPLY_NS);
  engine.run("attentionBackward", [table, gradients, options.scale, local, 4 * localLength, heads], plan);
  return { q: memory.take(dq, heads * T * D), k: memory.take(dk, heads * S * D), v: memory.take(dv, heads * S * E) };
}

interface Sizes {
  readonly heads: number;
  readonly T: number;
  readonly S: number;
  readonly D: number;
  readonly E: number;
}

function sizesOf(q: View, k: View, v: View): Sizes {
  const [T, D, S, E] = [q.shape.at(-2)!, q.shape.at(-1)!, k.shape.at(-2)!, v.shape.at(-1)!];
  return { heads: sizeOf(q.shape.slice(0, -2)), T, S, D, E };
}

/** The fields of `Heads` in `assembly/attention.ts`, up to the keys' panels. */
function describe(
  engine: Engine,
  { heads, T, S, D, E }: Sizes,
  q: Placed,
  k: Placed,
  { causal, mask }: AttentionOptions,
  keysInBlock: number,
): number[] {
  const strides = (matrices: Placed) => [
    engine.memory.putIntegers(matrixOffsets(matrices)),
    4 * matrices.strides.at(-2)!,
    4 * matrices.strides.at(-1)!,
  ];
  const keyPanels = packMatrices(engine, transposed(k));
  const placedMask = mask && heads * T * S > 0 ? place(engine, mask) : undefined;
  return [
    ...[T, S, D, E, causal ? 1 : 0, QUERIES, keysInBlock],
    ...[q.address, ...strides(q)],
    ...(placedMask ? [placedMask.address, ...strides(placedMask)] : [0, 0, 0, 0]),
    ...[keyPanels.address, engine.memory.putIntegers(keyPanels.indices)],
  ];
}

/** The same matrices, transposed. */
function transposed({ address, shape, strides }: Placed): Placed {
  const swap = (list: readonly number[]) => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];
  return { address, shape: swap(shape), strides: swap(strides) };
}
