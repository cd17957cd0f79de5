import * as fc from "fast-check";
import assert from "node:assert/strict";
import { gradcheck, nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const sizes = fc.record({
  batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  inputs: fc.integer({ min: 1, max: 5 }),
  outputs: fc.integer({ min: 1, max: 5 }),
  bias: fc.boolean(),
  seed: fc.nat(),
});

property(
  "a linear layer is the sum of weighted inputs, and a bias",
  sizes,
  ({ batch, inputs, outputs, bias, seed }) => {
    const random = new Random(seed);
    const linear = new nn.Linear(inputs, outputs, { bias, random });
    const x = Tensor.randn([...batch, inputs], { random });
    const out = linear.forward(x);
    assert.deepEqual(out.shape, [...batch, outputs]);
    const [xs, w, b] = [x.data, linear.weight.data, linear.bias?.data];
    const expected = Array.from({ length: out.size }, (_, at) => {
      const [row, o] = [Math.floor(at / outputs), at % outputs];
      let sum = b?.[o] ?? 0;
      for (let i = 0; i < inputs; i++) sum += xs[row * inputs + i]! * w[o * inputs + i]!;
      return sum;
    });
    assertClose(out.data, expected);
  },
);

property("its gradients are the limits of differences", sizes, ({ batch, inputs, outputs, bias, seed }) => {
  const random = new Random(seed);
  const linear = new nn.Linear(inputs, outputs, { bias, random });
  const parameters = linear.parameters().map((p) => p.detach());
  gradcheck((x, weight, bias) => {
    linear.weight = weight!;
    linear.bias = bias;
    return linear.forward(x!);
  }, [Tensor.randn([...batch, inputs], { random }), ...parameters]);
}, 20);

property("weights and bias start within ±1/√in", sizes, ({ inputs, outputs, seed }) => {
  const linear = new nn.Linear(inputs, outputs, { random: new Random(seed) });
  for (const { data } of linear.parameters()) {
    assert.ok(data.every((x) => Math.abs(x) <= 1 / Math.sqrt(inputs)));
  }
});

Deno.test("worked by hand: [1, 2] through [[1, 10], [100, 1000]] and a bias of [0.5, 0]", () => {
  const linear = new nn.Linear(2, 2, { random: new Random(1) });
  linear.loadStateDict({ weight: Tensor.from([[1, 10], [100, 1000]]), bias: Tensor.from([0.5, 0]) });
  assert.deepEqual(linear.forward(Tensor.from([1, 2])).toArray(), [21.5, 2100]);
});

Deno.test("an input of another width is refused", () => {
  const linear = new nn.Linear(3, 2, { random: new Random(1) });
  assert.throws(() => linear.forward(Tensor.ones([4, 2])), {
    name: "TypeError",
    message: /of shape \[4, 2\], as its last axis must have size 3$/,
  });
});

Deno.test("a layer without inputs gives its bias, which starts at 0", () => {
  const linear = new nn.Linear(0, 3, { random: new Random(1) });
  assert.deepEqual(linear.forward(Tensor.zeros([2, 0])).toArray(), [[0, 0, 0], [0, 0, 0]]);
  linear.loadStateDict({ weight: Tensor.zeros([3, 0]), bias: Tensor.from([1, 2, 3]) });
  assert.deepEqual(linear.forward(Tensor.zeros([1, 0])).toArray(), [[1, 2, 3]]);
});

Deno.test("a layer without its options says which one is missing", () => {
  // @ts-expect-error as in a notebook, where types are not checked
  assert.throws(() => new nn.Linear(3, 2), {
    name: "TypeError",
    message: 'Cannot make a Linear, as the option "random" must be given: a Random, such as new Random(1)',
  });
});
