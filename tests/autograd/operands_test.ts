import assert from "node:assert/strict";
import { lift, sameDevice } from "../../autograd/operands.ts";
import { withKernels } from "../../kernels/device.ts";
import { reference } from "../../kernels/reference/mod.ts";
import { Tensor } from "../../mod.ts";

const onReference = () => withKernels(reference, () => Tensor.from([1, 2]));

Deno.test("a number becomes a constant beside a tensor, on its device", () => {
  const beside = onReference();
  const constant = lift("add", 3, beside);
  assert.deepEqual([constant.kernels, constant.shape, constant.item()], [reference, [], 3]);
  assert.equal(lift("add", beside, beside), beside);
  assert.throws(() => lift("add", "3" as unknown as number, beside), {
    name: "TypeError",
    message: 'Cannot add, as an operand must be a Tensor or a number: "3"',
  });
});

Deno.test("operands of an operation are tensors, all on one device", () => {
  const [here, there] = [Tensor.from([1, 2]), onReference()];
  assert.equal(sameDevice("add", [there, there]), reference);
  assert.throws(() => sameDevice("add", [here, there]), {
    name: "TypeError",
    message: "Cannot add tensors of two devices, as an operation runs on one: cpu and reference",
  });
  for (const stranger of [undefined, null, 3, [1, 2]]) {
    assert.throws(() => sameDevice("add", [here, stranger as unknown as Tensor]), {
      name: "TypeError",
      message: /^Cannot add, as an operand must be a Tensor: /,
    });
  }
});
