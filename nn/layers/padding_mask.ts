import type { Mask } from "../../autograd/ops/selection.ts";

/** Which positions hold tokens (1) and which padding (0), `[B, S]`. */
export type PaddingMask = readonly (readonly (number | boolean)[])[];

/** A padding mask `[B, S]` as attention takes it: the same for all heads and queries, `[B, 1, 1, S]`. */
export function keyMask(mask: PaddingMask): Mask {
  return mask.map((row) => [[row]]);
}
