/** Elements by their index: the plainest way to state what an operation computes. */

import { type Shape, sizeOf } from "../../autograd/shape.ts";
import type { Tensor } from "../../mod.ts";
import type { Input } from "./arbitraries.ts";

/** Every index of a shape, in row-major order. */
export function everyIndex(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (indices, size) => indices.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Reads single elements of a tensor or an input; an index that is too long or too large is read as broadcasting does. */
export function reader({ shape, data }: Tensor | Input): (index: readonly number[]) => number {
  return (index) => {
    const own = index.slice(index.length - shape.length);
    const place = own.reduce((place, i, axis) => place * shape[axis]! + (shape[axis] === 1 ? 0 : i), 0);
    if (place >= sizeOf(shape)) {
      throw new RangeError(`There is no element [${index.join(", ")}] in [${shape.join(", ")}]`);
    }
    return data[place]!;
  };
}
