import { toMask } from "../../autograd/ops/selection.ts";
import type { Tensor } from "../../autograd/tensor.ts";

/** Which positions hold tokens (1 or true) and which padding (0 or false), `[B, S]`. */
export type PaddingMask = readonly (readonly (number | boolean)[] | Int32Array)[];

/**
 * A padding mask `[B, S]` as attention takes it: the same for all heads and queries, `[B, 1, 1, S]`.
 *
 * It is a tensor on the device of `beside`, so that it is brought there once, not once for each block.
 *
 * @throws {TypeError} If it holds anything but 0 and 1.
 */
export function keyMask(rows: readonly (readonly (number | boolean)[])[], beside: Tensor): Tensor {
  return toMask(rows.map((row) => [[row]]), beside);
}
