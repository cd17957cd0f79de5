/** Encoding positions, as attention itself sees a set, not a sequence. */

import { contiguous } from "../../kernels/view.ts";
import { Tensor } from "../../autograd/mod.ts";
import { checkArguments, required, size } from "../../checks/mod.ts";
import { currentKernels } from "../../kernels/device.ts";
import type { Kernels } from "../../kernels/kernels.ts";
import { count, input } from "../rules.ts";

const making = { T: required(count), dim: required(size) };

/**
 * Sinusoidal positions (arXiv 1706.03762), `[T, C]`: `sin(t / 10000^(2i/C))` in column 2i, the cosine in column 2i + 1.
 *
 * Moving by a number of steps rotates each pair by an angle that depends only on that number.
 *
 * @param T The number of positions.
 * @param dim C, the size of each vector.
 *
 * @example
 * ```ts
 * import { nn } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const positions = nn.sinusoidalPositions(3, 4); // [T, C]
 * assert.deepEqual(positions.slice(0).toArray(), [0, 1, 0, 1]); // sin 0 and cos 0
 * ```
 */
export function sinusoidalPositions(T: number, dim: number): Tensor {
  checkArguments("make positions", arguments, making);
  return sinusoidal(currentKernels(), 0, T, dim);
}

/** Sinusoidal positions from `start` on, cached on a device. */
export const sinusoidal: Table = table((t, c, dim) => {
  const angle = t / 10000 ** ((c - c % 2) / dim);
  return c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
});

const turning = { x: input, start: count };

/**
 * Rotary positions (RoPE, arXiv 2104.09864): rotates each pair `(x[i], x[i + D/2])` of a vector at position t by the
 * angle `t / 10000^(2i/D)`, `[…, T, D] → […, T, D]`. The dot product of two rotated vectors depends only on their
 * distance.
 *
 * @param start The position of the first vector. Default: 0.
 * @throws {TypeError} If D is odd, or `x` has fewer than two axes.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.from([[1, 0], [1, 0]]); // [T, D]
 * const [, turned] = nn.rotate(x).toArray() as number[][];
 * assert.ok(Math.abs(turned![0]! - Math.cos(1)) < 1e-6 && Math.abs(turned![1]! - Math.sin(1)) < 1e-6);
 * ```
 */
export function rotate(x: Tensor, start = 0): Tensor {
  checkArguments("turn vectors by their positions", arguments, turning);
  if (x.rank < 2) {
    throw new TypeError(`Cannot turn vectors by their positions, as they must be […, T, D]: [${x.shape.join(", ")}]`);
  }
  const [T, D] = [x.shape.at(-2)!, x.shape.at(-1)!];
  if (D % 2 !== 0) throw new TypeError(`Cannot turn vectors by their positions, as their width must be even: ${D}`);
  const [first, second] = [[0, D / 2] as const, [D / 2, D] as const];
  const all = x.shape.slice(0, -1).map(() => null);
  const turned = x.slice(...all, second).neg().concat(x.slice(...all, first), -1); // (−x₂, x₁): a quarter turn
  return x.mul(cosines(x.kernels, start, T, D)).add(turned.mul(sines(x.kernels, start, T, D)));
}

const rotaryAngle = (t: number, c: number, D: number) => t / 10000 ** (2 * (c % (D / 2)) / D);
const cosines = table((t, c, D) => Math.cos(rotaryAngle(t, c, D)));
const sines = table((t, c, D) => Math.sin(rotaryAngle(t, c, D)));

/** Rows `start … start + T` of a table of positions, on a device: `[T, width]`. */
type Table = (kernels: Kernels, start: number, T: number, width: number) => Tensor;

/** The longest cached table; positions beyond it are computed on demand. */
const LONGEST = 2 ** 16;

/**
 * A table with a row for each position, computed and copied to a device once, and again only when it grows to at least
 * twice its length.
 */
function table(element: (t: number, c: number, width: number) => number): Table {
  const made = new WeakMap<Kernels, Map<number, Tensor>>(); // by the width of a row
  const rows = (kernels: Kernels, start: number, T: number, width: number) => {
    const numbers = Float64Array.from({ length: T * width }, (_, i) => {
      return element(start + Math.floor(i / width), i % width, width);
    });
    return new Tensor(kernels, contiguous(kernels.write(numbers), [T, width]));
  };
  return (kernels, start, T, width) => {
    const end = start + T;
    if (end > LONGEST) return rows(kernels, start, T, width);
    const tables = made.get(kernels) ?? new Map<number, Tensor>();
    made.set(kernels, tables);
    let whole = tables.get(width);
    if (whole === undefined || whole.shape[0]! < end) {
      whole = rows(kernels, 0, Math.max(end, 2 * (whole?.shape[0] ?? 8)), width);
      tables.set(width, whole);
    }
    return whole.slice([start, end]);
  };
}
