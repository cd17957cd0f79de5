import * as fc from "fast-check";
import assert from "node:assert/strict";
import { withKernels } from "../../../kernels/device.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import { gradcheck, nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertClose, assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

Deno.test("sinusoidal positions worked by hand: angles t and t / 100 for a width of 4", () => {
  const table = nn.sinusoidalPositions(3, 4); // 10000^(2/4) = 100
  assert.deepEqual(table.shape, [3, 4]);
  const row = (t: number) => [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)];
  assertClose(table.data, [...row(0), ...row(1), ...row(2)]);
  assertClose(nn.sinusoidalPositions(2, 3).data.slice(3), [Math.sin(1), Math.cos(1), Math.sin(1 / 10000 ** (2 / 3))]);
});

const shifts = fc.record({
  half: fc.integer({ min: 1, max: 3 }),
  T: fc.integer({ min: 1, max: 5 }),
  start: fc.integer({ min: 0, max: 40 }),
  shift: fc.integer({ min: 0, max: 60 }),
  seed: fc.nat(),
});

property("the products of sinusoidal positions depend only on their distance", shifts, ({ half, T, shift }) => {
  const table = nn.sinusoidalPositions(T + shift, 2 * half);
  const products = (from: number) => {
    const part = table.slice([from, from + T]);
    return part.matmul(part.transpose());
  };
  assertTensorsClose(products(shift), products(0));
});

property("rotary scores depend only on distances: shifting all positions does not change them", shifts, (drawn) => {
  const { half, T, start, shift, seed } = drawn;
  const random = new Random(seed);
  const [q, k] = [0, 1].map(() => Tensor.randn([2, T, 2 * half], { random })) as [Tensor, Tensor];
  const scores = (from: number) => nn.rotate(q, from).matmul(nn.rotate(k, from).transpose());
  assertTensorsClose(scores(start + shift), scores(start));
});

property("rotation preserves norms, and does not change position 0", shifts, ({ half, T, start, seed }) => {
  const x = Tensor.randn([2, T, 2 * half], { random: new Random(seed) });
  const norms = (x: Tensor) => x.mul(x).sum(-1);
  assertTensorsClose(norms(nn.rotate(x, start)), norms(x));
  assertTensorsClose(nn.rotate(x).slice(null, 0), x.slice(null, 0), 0);
});

property("a later start gives a later part of the whole", shifts, ({ half, T, start, seed }) => {
  const x = Tensor.randn([start + T, 2 * half], { random: new Random(seed) });
  assertTensorsClose(nn.rotate(x.slice([start]), start), nn.rotate(x).slice([start]), 0);
});

property("the gradient of rotation is the limit of its differences", shifts, ({ half, T, start, seed }) => {
  gradcheck((x) => nn.rotate(x!, start), [Tensor.randn([T, 2 * half], { random: new Random(seed) })]);
}, 10);

Deno.test("rotary positions worked by hand: (1, 0) at position 1 is turned by 1, the slow pair by 1 / 100", () => {
  const x = Tensor.from([[0, 0, 0, 0], [1, 1, 0, 0]]); // pairs are (x₀, x₂) and (x₁, x₃)
  assertClose(nn.rotate(x).data.slice(4), [Math.cos(1), Math.cos(0.01), Math.sin(1), Math.sin(0.01)]);
});

Deno.test("tables of positions are copied to a device once: rotating the same positions again writes nothing", () => {
  let writes = 0;
  const counting = { ...reference, write: (values: ArrayLike<number>) => (writes++, reference.write(values)) };
  const x = withKernels(counting, () => Tensor.randn([2, 5, 4], { random: new Random(1) }));
  const first = nn.rotate(x, 3);
  writes = 0;
  assert.deepEqual(nn.rotate(x, 3).toArray(), first.toArray());
  nn.rotate(x.slice(null, [0, 1]), 7);
  withKernels(counting, () => nn.sinusoidalPositions(4, 6));
  assert.equal(writes, 1); // the sinusoidal table's first
  withKernels(counting, () => nn.sinusoidalPositions(3, 6));
  assert.equal(writes, 1);
});

Deno.test("positions beyond any table are computed on demand", () => {
  const x = Tensor.ones([1, 2]);
  assertClose(nn.rotate(x, 1e6).data, [Math.cos(1e6) - Math.sin(1e6), Math.cos(1e6) + Math.sin(1e6)]);
});

Deno.test("an odd width cannot be rotated", () => {
  assert.throws(() => nn.rotate(Tensor.ones([2, 3])), {
    name: "TypeError",
    message: "Cannot turn vectors by their positions, as their width must be even: 3",
  });
});
