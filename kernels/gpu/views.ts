/** Views as kernels step through them: with as few axes as possible. */

import type { View } from "../kernels.ts";
import { rowMajorStrides, type Shape } from "../view.ts";
import type { GpuStorage } from "./storage.ts";

/** Several views of one shape, stepped through together. */
export interface Walk {
  readonly shape: Shape;
  /** For each view, how far apart neighbours along each axis stand. */
  readonly strides: readonly (readonly number[])[];
}

/** The same walk with axes of size 1 left out, and with neighbouring axes as one wherever every view allows it. */
export function collapse({ shape, strides }: Walk): Walk {
  const sizes: number[] = [];
  const steps: number[][] = strides.map(() => []);
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const joins = sizes.length > 0 && strides.every((stride, i) => steps[i]!.at(-1) === stride[axis]! * size);
    if (joins) sizes[sizes.length - 1]! *= size;
    else sizes.push(size);
    strides.forEach((stride, i) => joins ? steps[i]!.splice(-1, 1, stride[axis]!) : steps[i]!.push(stride[axis]!));
  });
  return { shape: sizes, strides: steps };
}

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

/** An array as a view, row-major without gaps. */
export function contiguous(storage: GpuStorage, shape: Shape): View {
  return { storage, shape, strides: rowMajorStrides(shape), offset: 0 };
}

/** The same view, one number for each row, as if every row held it all along an axis of this size at its end. */
export function along(view: View, size: number): View {
  return { ...view, shape: [...view.shape, size], strides: [...view.strides, 0] };
}

/** A row, as if it stood in every row of an array of this shape. */
export function everyRow(view: View, shape: Shape): View {
  return { ...view, shape, strides: [...shape.slice(1).map(() => 0), view.strides[0]!] };
}
