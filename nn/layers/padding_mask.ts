import type { Mask } from "../../autograd/ops/selection.ts";
import { isList, show } from "../../checks/mod.ts";

/** Which positions hold tokens (1 or true) and which padding (0 or false), `[B, S]`. */
export type PaddingMask = readonly (readonly (number | boolean)[] | Int32Array)[];

/**
 * A padding mask `[B, S]` as attention takes it: the same for all heads and queries, `[B, 1, 1, S]`.
 *
 * @throws {TypeError} If it is not a list of B lists of S each.
 */
export function keyMask(mask: PaddingMask, B: number, S: number): Mask {
  if (!isList(mask) || !Array.from(mask).every(isList)) {
    throw new TypeError(
      `Cannot hide padding, as a padding mask must be [B, S], a list for each sequence: ${show(mask)}`,
    );
  }
  const rows = Array.from<ArrayLike<unknown>>(mask);
  const other = rows.find(({ length }) => length !== S);
  if (rows.length !== B || other !== undefined) {
    throw new TypeError(
      `Cannot hide padding, as a padding mask must be [${B}, ${S}], as the tokens are: ` +
        (rows.length !== B ? `${rows.length} lists` : `a list of ${other?.length}`),
    );
  }
  return Array.from(mask, (row) => [[Array.from<number | boolean>(row)]]);
}
