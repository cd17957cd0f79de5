import assert from "node:assert/strict";
import * as fc from "fast-check";
import { collapse, elementOffsets, isRowMajor, rowMajor, rowMajorStrides, sizeOf } from "../../kernels/view.ts";
import { fullShapes, permutationOf, shapes } from "../support/arbitraries.ts";
import { everyIndex } from "../support/indices.ts";
import { property } from "../support/property.ts";

property("the elements of a row-major array follow one another", shapes(), (shape) => {
  assert.deepEqual([...elementOffsets(rowMajor(shape))], Array.from({ length: sizeOf(shape) }, (_, i) => i));
  assert.ok(isRowMajor(rowMajor(shape)));
});

const layouts = shapes().chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    strides: fc.array(fc.nat(20), { minLength: shape.length, maxLength: shape.length }),
    offset: fc.nat(50),
  })
);
property("element [i, j, …] is at offset + i · strides[0] + j · strides[1] + …", layouts, (layout) => {
  const expected = everyIndex(layout.shape).map((index) => {
    return index.reduce((place, i, axis) => place + i * layout.strides[axis]!, layout.offset);
  });
  assert.deepEqual([...elementOffsets(layout)], expected);
});

property("a layout is row-major exactly if its elements follow one another", layouts, (layout) => {
  const offsets = elementOffsets(layout);
  assert.equal(isRowMajor(layout), offsets.every((offset, i) => offset === offsets[0]! + i));
}, 1000);

const permuted = fullShapes().chain((shape) => fc.tuple(fc.constant(shape), permutationOf(shape)));
property("a permuted array is row-major if only axes of size 1 have moved", permuted, ([shape, order]) => {
  const axes = order.map((axis) => (axis + shape.length) % shape.length);
  const strides = rowMajorStrides(shape);
  const moved = axes.filter((axis) => shape[axis] !== 1);
  const layout = { shape: axes.map((axis) => shape[axis]!), strides: axes.map((axis) => strides[axis]!), offset: 3 };
  assert.equal(isRowMajor(layout), moved.every((axis, i) => i === 0 || moved[i - 1]! < axis));
});

/** Two arrays of one shape, each without gaps, permuted, or broadcast along some axes. */
const walks = fullShapes().chain((shape) => {
  const strides = rowMajorStrides(shape);
  const permuted = permutationOf(shape).map((order) => order.map((axis) => strides.at(axis)!));
  const broadcast = fc.tuple(...strides.map((stride) => fc.constantFrom(0, stride)));
  const layout = fc.oneof(fc.constant(strides), permuted, broadcast);
  return fc.record({ shape: fc.constant(shape), strides: fc.tuple(layout, layout) });
});
property("a collapsed walk visits the same places in the same order, with as few axes as possible", walks, (walk) => {
  const collapsed = collapse(walk);
  walk.strides.forEach((strides, i) => {
    const places = elementOffsets({ shape: collapsed.shape, strides: collapsed.strides[i]!, offset: 0 });
    assert.deepEqual([...places], [...elementOffsets({ shape: walk.shape, strides, offset: 0 })]);
  });
  collapsed.shape.forEach((size, axis) => {
    assert.notEqual(size, 1);
    const joins = axis > 0 && collapsed.strides.every((strides) => strides[axis - 1] === strides[axis]! * size);
    assert(!joins, `axes ${axis - 1} and ${axis} of [${collapsed.shape}] could be one`);
  });
}, 1000);

Deno.test("by hand", () => {
  assert.deepEqual([sizeOf([]), sizeOf([2, 3]), sizeOf([2, 0, 3])], [1, 6, 0]);
  assert.deepEqual(rowMajorStrides([2, 3, 4]), [12, 4, 1]);
  const transposed = { shape: [2, 2], strides: [1, 2], offset: 0 };
  assert.deepEqual([...elementOffsets(transposed)], [0, 2, 1, 3]);
  assert.deepEqual([...elementOffsets({ shape: [3], strides: [0], offset: 5 })], [5, 5, 5]);
});
