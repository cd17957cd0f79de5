/** Views as the programs of this device step through them. */

import type { View } from "../kernels.ts";
import { collapse, type Shape, type Walk } from "../view.ts";
import type { GpuStorage } from "./storage.ts";

/** The walk over some of the axes of views of one shape. */
export function walk(views: readonly View[], from = 0, to = views[0]!.shape.length): Walk {
  return collapse({
    shape: views[0]!.shape.slice(from, to),
    strides: views.map(({ strides }) => strides.slice(from, to)),
  });
}

/** The numbers behind a view of this device; `Tensor` never passes it one of another. */
export function storageOf({ storage }: View): GpuStorage {
  return storage as GpuStorage; // what `write` and all the kernels return
}

/** The same view with a last axis of this size, along which all numbers are the same: `[…] → […, size]`. */
export function along(view: View, size: number): View {
  return { ...view, shape: [...view.shape, size], strides: [...view.strides, 0] };
}

/** A row, repeated in every row of an array of this shape: `[C] → […, C]`. */
export function everyRow(view: View, shape: Shape): View {
  return { ...view, shape, strides: [...shape.slice(1).map(() => 0), view.strides[0]!] };
}
