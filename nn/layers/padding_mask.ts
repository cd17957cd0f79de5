import { toMask } from "../../autograd/ops/selection.ts";
import type { Tensor } from "../../autograd/tensor.ts";

/** 1 or true for a token, 0 or false for padding, `[B, S]`. */
export type PaddingMask = readonly (readonly (number | boolean)[] | Int32Array)[];

/**
 * A padding mask `[B, S]` for attention, the same for all heads and queries: `[B, 1, 1, S]`.
 *
 * It is a tensor on the device of `beside`, so that it is copied there once, not once per block.
 *
 * @throws {TypeError} If it holds anything but 0 and 1.
 */
export function keyMask(rows: readonly (readonly (number | boolean)[])[], beside: Tensor): Tensor {
  return toMask(rows.map((row) => [[row]]), beside);
}
