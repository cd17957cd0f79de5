/** Telling positions apart: attention itself sees a set, not a sequence. */

import { contiguous } from "../../kernels/view.ts";
import { Tensor } from "../../autograd/mod.ts";

/**
 * Sinusoidal positions (arXiv 1706.03762), `[T, C]`: `sin(t / 10000^(2i/C))` in column 2i, the cosine in column 2i + 1.
 *
 * Moving on by some steps turns each pair by an angle that depends on the number of steps alone.
 */
export function sinusoidalPositions(T: number, dim: number): Tensor {
  const table = Float64Array.from({ length: T * dim }, (_, i) => {
    const [t, c] = [Math.floor(i / dim), i % dim];
    const angle = t / 10000 ** ((c - c % 2) / dim);
    return c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return Tensor.from(table, { shape: [T, dim] });
}

/**
 * Rotary positions (RoPE, arXiv 2104.09864): turns each pair `(x[i], x[i + D/2])` of a vector at position t by the angle
 * `t / 10000^(2i/D)`, `[…, T, D] → […, T, D]`. The product of two turned vectors depends on their distance alone.
 *
 * @param start The position of the first vector.
 * @throws {TypeError} If D is odd.
 */
export function rotate(x: Tensor, start = 0): Tensor {
  const [T, D] = [x.shape.at(-2)!, x.shape.at(-1)!];
  if (D % 2 !== 0) throw new TypeError(`Cannot turn vectors by their positions, as their width must be even: ${D}`);
  const angles = Array.from({ length: T * D }, (_, i) => {
    return (start + Math.floor(i / D)) / 10000 ** (2 * (i % (D / 2)) / D);
  });
  const table = (f: (angle: number) => number) =>
    new Tensor(x.kernels, contiguous(x.kernels.write(angles.map(f)), [T, D]));
  const [first, second] = [[0, D / 2] as const, [D / 2, D] as const];
  const all = x.shape.slice(0, -1).map(() => null);
  const turned = x.slice(...all, second).neg().concat(x.slice(...all, first), -1); // (−x₂, x₁): a quarter turn
  return x.mul(table(Math.cos)).add(turned.mul(table(Math.sin)));
}
