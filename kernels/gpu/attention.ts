/**
 * Scaled dot-product attention (arXiv 1706.03762), one block of queries after another, so that the memory for scores does
 * not grow with T × S. With a causal mask, a block leaves out the keys after its last query.
 */

import type { AttentionRule, FusedKernels } from "../fused.ts";
import type { View } from "../kernels.ts";
import { contiguous, rowMajor, type Shape, sizeOf } from "../view.ts";
import type { Gpu, Numbers, Operands } from "./gpu.ts";
import { assemble } from "./indexing.ts";
import { matmul } from "./matmul.ts";
import type { GpuStorage } from "./storage.ts";
import { along } from "./views.ts";

/** The most scores at once: 64 MiB. */
const SCORES = 2 ** 24;

/** With a causal mask, the least number of queries in a block, and about how many blocks there are. */
const SHORTEST = 64;
const BLOCKS = 8;

/** Queries `start` to `end`, which see at most the first `keys` keys. */
interface Block {
  readonly start: number;
  readonly end: number;
  readonly keys: number;
}

/** The kernels of this file. */
export function attentionKernels(gpu: Gpu): Pick<FusedKernels, "attention" | "attentionBackward"> {
  return {
    attention(q, k, v, rule) {
      const shape = q.shape.slice(0, -1); // [..., T]
      const out = new Rows(gpu, [...shape, v.shape.at(-1)!]);
      const [maxima, sums] = [new Rows(gpu, [...shape, 1]), new Rows(gpu, [...shape, 1])];
      for (const block of blocks(q, k, rule)) {
        const { keys } = block;
        const { hidden, operands, numbers } = scores(gpu, q, k, rule, block);
        const rows = operands["x"]!.shape.slice(0, -1); // [..., R]
        const max = contiguous(gpu.fold("max", `${hidden} ? lowest : x`, operands, 1, numbers), rows);
        const score = { ...operands, max: along(max, keys) };
        const exponential = `${hidden} ? 0 : Math.exp(x - max)`;
        const sum = contiguous(gpu.fold("sum", exponential, score, 1, numbers), rows);
        const weight = `${hidden} ? 0 : Math.exp(x - max) / sum`;
        const weights = contiguous(gpu.map(weight, { ...score, sum: along(sum, keys) }, numbers), [...rows, keys]);
        out.put(block, matmul(gpu, weights, part(v, 0, keys)));
        maxima.put(block, gpu.map("sum === 0 ? nothing : max", { sum, max }, { nothing: -Infinity }));
        sums.put(block, gpu.map("x", { x: sum }));
      }
      return { out: out.joined(), max: maxima.joined(), sum: sums.joined() };
    },

    attentionBackward(q, k, v, { out, max, sum }, grad, rule) {
      const { scale } = rule;
      const dq = new Rows(gpu, q.shape);
      let [dk, dv]: (View | undefined)[] = [];
      for (const block of blocks(q, k, rule)) {
        const { start, end, keys } = block;
        const { hidden, operands, numbers } = scores(gpu, q, k, rule, block);
        const { shape } = operands["x"]!; // [..., R, keys]
        const [queries, grads, outs] = [part(q, start, end), part(grad, start, end), part(out, start, end)];
        const ofRows = (view: View): View => { // [..., T] → [..., R, keys]
          const repeated = along(part(along(view, 1), start, end), keys);
          return { ...repeated, shape, strides: repeated.strides.toSpliced(-2, 1) };
        };
        const weight = `${hidden} ? 0 : Math.exp(x - max) / sum`;
        const p = contiguous(gpu.map(weight, { ...operands, max: ofRows(max), sum: ofRows(sum) }, numbers), shape);
        // p = softmax(scores), so dscores = p ⊙ (dp − Σ p ⊙ dp), with dp = grad vᵀ; and Σ p ⊙ dp = grad · out
        const dp = contiguous(matmul(gpu, grads, transposed(part(v, 0, keys))), shape);
        const delta = along(contiguous(gpu.fold("sum", "x * y", { x: grads, y: outs }), shape.slice(0, -1)), keys);
        const dScores = contiguous(
          gpu.map(`${hidden} ? 0 : p * (dp - delta) * scale`, { ...operands, p, dp, delta }, { ...numbers, scale }),
          shape,
        );
        dq.put(block, matmul(gpu, dScores, part(k, 0, keys)));
        dk = added(gpu, dk, product(gpu, transposed(dScores), queries)); // [..., keys, D]
        dv = added(gpu, dv, product(gpu, transposed(p), grads)); // [..., keys, E]
      }
      const zeros = (shape: Shape) => gpu.full(sizeOf(shape), 0); // if there is no query
      return { q: dq.joined(), k: dk?.storage ?? zeros(k.shape), v: dv?.storage ?? zeros(v.shape) };
    },
  };
}

/** The queries in blocks, from the first to the last. */
function blocks(q: View, k: View, { causal }: AttentionRule): Block[] {
  const [T, S] = [q.shape.at(-2)!, k.shape.at(-2)!];
  const fitting = Math.floor(SCORES / Math.max(1, sizeOf(q.shape.slice(0, -2)) * S));
  const wanted = causal ? Math.max(SHORTEST, Math.ceil(T / BLOCKS)) : T;
  const length = Math.max(4, Math.min(fitting, wanted));
  return Array.from({ length: Math.ceil(T / length) }, (_, i) => {
    const [start, end] = [i * length, Math.min(T, (i + 1) * length)];
    return { start, end, keys: causal ? Math.max(0, Math.min(S, end + S - T)) : S };
  });
}

/**
 * The scores `scale · q kᵀ` of a block as the operand `x`, and the condition under which a key is hidden from a query, as
 * an expression of the other operands and the numbers.
 */
function scores(gpu: Gpu, q: View, k: View, { scale, causal, mask }: AttentionRule, { start, end, keys }: Block): {
  hidden: string;
  operands: Operands;
  numbers: Numbers;
} {
  const queries = part(q, start, end); // [..., R, D]
  const scaled = contiguous(gpu.map("x * scale", { x: queries }, { scale }), queries.shape);
  const x = product(gpu, scaled, transposed(part(k, 0, keys))); // [..., R, keys]
  const { shape } = x;
  const none = shape.slice(2).map(() => 0);
  const conditions: string[] = [];
  const operands: Record<string, View> = { x };
  const numbers: Record<string, number> = {};
  if (causal) {
    conditions.push("key > query + shift");
    operands["query"] = { ...gpu.counting(end - start), shape, strides: [...none, 1, 0] };
    operands["key"] = { ...gpu.counting(keys), shape, strides: [...none, 0, 1] };
    numbers["shift"] = start + k.shape.at(-2)! - q.shape.at(-2)!;
  }
  if (mask !== undefined) {
    conditions.push("mask === 0");
    operands["mask"] = { ...part(mask, start, end), shape };
  }
  return { hidden: conditions.length > 0 ? `(${conditions.join(" || ")})` : "false", operands, numbers };
}

/** Collects blocks of rows `[..., R, C]` into `[..., T, C]`. */
class Rows {
  readonly #parts: { readonly start: number; readonly rows: View }[] = [];

  constructor(readonly gpu: Gpu, readonly shape: Shape) {}

  put({ start, end }: Block, rows: GpuStorage): void {
    this.#parts.push({ start, rows: contiguous(rows, this.shape.with(-2, end - start)) });
  }

  joined(): GpuStorage {
    const { strides } = rowMajor(this.shape);
    return assemble(
      this.gpu,
      sizeOf(this.shape),
      this.#parts.map(({ start, rows }) => {
        return { view: rows, layout: { shape: rows.shape, strides, offset: start * strides.at(-2)! } };
      }),
    );
  }
}

/** The sum of two arrays `[..., S, C]`, the first of which may have fewer rows than the second, or none. */
function added(gpu: Gpu, x: View | undefined, y: View): View {
  if (x === undefined) return y;
  const { strides } = rowMajor(y.shape);
  const longer = contiguous(
    assemble(gpu, sizeOf(y.shape), [{ view: x, layout: { shape: x.shape, strides, offset: 0 } }]),
    y.shape,
  );
  return contiguous(gpu.map("x + y", { x: longer, y }), y.shape);
}

/** `[..., M, K] · [..., K, N] → [..., M, N]`. */
function product(gpu: Gpu, a: View, b: View): View {
  return contiguous(matmul(gpu, a, b), [...a.shape.slice(0, -1), b.shape.at(-1)!]);
}

/** Rows `start` to `end` of matrices. */
function part(view: View, start: number, end: number): View {
  const offset = view.offset + start * view.strides.at(-2)!;
  return { ...view, shape: view.shape.with(-2, end - start), offset };
}

/** Matrices with rows and columns swapped. */
function transposed(view: View): View {
  const swap = (axes: readonly number[]) => [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return { ...view, shape: swap(view.shape), strides: swap(view.strides) };
}
