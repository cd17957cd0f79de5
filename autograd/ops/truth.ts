/** Which numbers on a device are known to be only 0 and 1, so that a mask need not be read to be checked. */

import type { Storage, View } from "../../kernels/kernels.ts";

const known = new WeakSet<Storage>();

/** Remembers that a view holds only 0 and 1, as the result of a comparison does. */
export function markTruth(view: View): View {
  known.add(view.storage);
  return view;
}

/** Whether all numbers behind a view are known to be 0 or 1. */
export function isTruth({ storage }: View): boolean {
  return known.has(storage);
}
