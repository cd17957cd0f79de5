/** Deliberate misuse: each error says what was tried, which rule was broken and what was given. */

import assert from "node:assert/strict";
import { reference } from "../../kernels/reference/mod.ts";
import { withKernels } from "../../kernels/device.ts";
import { Tensor } from "../../mod.ts";
import "../support/float64.ts";
import "../support/reference.ts";

const leaf = (values: number[] | number[][]) => Tensor.from(values, { requiresGrad: true });
/** What a caller without a type checker, such as a notebook, may pass. */
const untyped = (value: unknown) => value as never;

/** Asserts that an action on two tensors fails as expected and changes neither. */
function misuse(
  what: string,
  name: "TypeError" | "RangeError" | "Error",
  message: string,
  attempt: (x: Tensor, w: Tensor) => unknown,
) {
  Deno.test(`misuse: ${what}`, () => {
    const [x, w] = [leaf([[1, 2, 3], [4, 5, 6]]), leaf([[1, 2], [3, 4]])];
    x.mul(2).sum().backward();
    const state = () =>
      [x, w].map(({ data, shape, grad, requiresGrad }) => ({ data, shape, grad: grad?.data, requiresGrad }));
    const before = state();
    assert.throws(() => attempt(x, w), { name, message });
    assert.deepEqual(state(), before);
    w.mul(1).sum().backward(); // and the engine still works
    assert.deepEqual(w.grad?.toArray(), [[1, 1], [1, 1]]);
  });
}

misuse(
  "shapes that do not broadcast",
  "TypeError",
  "Cannot add tensors of shapes [2, 3] and [2, 2], as axis -1 must be equal in both or 1 in one: 3 and 2",
  (x, w) => x.add(w),
);
misuse(
  "matrices that do not fit",
  "TypeError",
  "Cannot multiply matrices of shapes [2, 3] and [2, 2], as the inner dimensions must match: 3 and 2",
  (x, w) => x.matmul(w),
);
misuse(
  "an axis that is not there",
  "RangeError",
  "Cannot sum over axis 2 of a tensor of shape [2, 3], as an axis must be an integer from -2 to 1: 2",
  (x) => x.sum(2),
);
misuse(
  "an axis that is no number",
  "TypeError",
  "Cannot take the softmax over axis NaN of a tensor of shape [2, 3], as an axis must be an integer from -2 to 1: NaN",
  (x) => x.softmax(NaN),
);
misuse(
  "ragged arrays",
  "TypeError",
  "Cannot make a tensor, as arrays at one depth must have equal lengths: 1 beside 2 at [1]",
  () => Tensor.from([[1, 2], [3]]),
);
misuse(
  "ragged arrays, assigned",
  "TypeError",
  "Cannot make a tensor, as arrays at one depth must have equal lengths: an array beside a number at [1]",
  (x) => x.assign([1, [2]]),
);
misuse(
  "a shape of another size",
  "TypeError",
  "Cannot reshape a tensor of shape [2, 3] to [4, 2], as the number of elements must stay the same: 6 and 8",
  (x) => x.reshape([4, 2]),
);
misuse(
  "backward from more than one number",
  "TypeError",
  "Cannot call backward on a tensor of shape [2, 3] without a seed, as only a single number has a gradient: " +
    "take a sum or a mean first, or pass { seed }",
  (x) => x.mul(2).backward(),
);
misuse(
  "a seed of another shape",
  "TypeError",
  "Cannot call backward, as the seed must have the tensor's shape: [2, 2] and [2, 3]",
  (x, w) => x.mul(2).backward({ seed: w }),
);
misuse(
  "backward twice",
  "Error",
  'Cannot call backward through "sum" a second time, as the first call freed its graph: ' +
    "pass { retainGraph: true } to the first",
  (x) => {
    const loss = x.detach().mul(leaf([1, 2, 3])).sum();
    loss.backward();
    loss.backward();
  },
);
misuse(
  "backward where nothing asks for a gradient",
  "TypeError",
  "Cannot call backward, as no tensor that this one was computed from requires a gradient: " +
    "make one with { requiresGrad: true }",
  (x) => x.detach().sum().backward(),
);
misuse(
  "elements that are no numbers",
  "TypeError",
  'Cannot make a tensor, as every element must be a number: "2" at [0, 1]',
  () => Tensor.from(untyped([[1, "2"]])),
);
misuse(
  "an operand that is no number",
  "TypeError",
  'Cannot multiply, as an operand must be a Tensor or a number: "3"',
  (x) => x.mul(untyped("3")),
);
misuse(
  "tensors of two devices",
  "TypeError",
  "Cannot add tensors of two devices, as an operation runs on one: reference and other",
  (x) => x.add(withKernels({ ...reference, device: "other" }, () => Tensor.ones([2, 3]))),
);
misuse(
  "a seed of another device",
  "TypeError",
  "Cannot call backward on tensors of two devices, as an operation runs on one: reference and other",
  (x) => x.add(1).backward({ seed: withKernels({ ...reference, device: "other" }, () => Tensor.ones([2, 3])) }),
);
misuse(
  "an index out of range",
  "RangeError",
  "Cannot gather from axis 0 of a tensor of shape [2, 3], as an index must be an integer from -2 to 1: 2",
  (x) => x.gather([0, 2]),
);
misuse(
  "a slice at an index out of range",
  "RangeError",
  "Cannot slice a tensor of shape [2, 3] at axis 1, as an index must be an integer from -3 to 2: 3",
  (x) => x.slice(0, 3),
);
misuse(
  "values of another shape, assigned",
  "TypeError",
  "Cannot assign values of shape [2] to a tensor of shape [2, 3], as the shapes must be the same",
  (x) => x.assign([1, 2]),
);
misuse(
  "random numbers out of nowhere",
  "TypeError",
  'Cannot draw a tensor, as the option "random" must be given: a Random, such as new Random(1)',
  () => Tensor.randn([2], untyped(undefined)),
);
