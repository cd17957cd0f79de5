import assert from "node:assert/strict";
import { erf } from "../../../kernels/reference/erf.ts";
import { inputOf, tensorOf } from "../../support/arbitraries.ts";
import { assertClose } from "../../support/closeness.ts";
import { OPERATIONS } from "../../support/operations.ts";
import { property } from "../../support/property.ts";
import "../../support/reference.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const DEFINITIONS = {
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => Math.max(x, 0),
  erf,
  silu: (x) => x * sigmoid(x),
} satisfies Partial<Record<keyof typeof OPERATIONS, (x: number) => number>>;

for (const [name, definition] of Object.entries(DEFINITIONS)) {
  const { cases } = OPERATIONS[name as keyof typeof DEFINITIONS]; // the keys that `entries` widens to string
  property(`${name} computes each element from the one in its place`, cases, ({ inputs, apply }) => {
    const out = apply(tensorOf(inputs[0]!));
    assert.deepEqual(out.shape, inputs[0]!.shape);
    assertClose(out.data, inputs[0]!.data.map(definition));
  });
}

property("gelu is x Φ(x), and its approximation is close", inputOf([7]), (input) => {
  const x = tensorOf(input);
  assertClose(x.gelu().data, input.data.map((x) => x * (1 + erf(x / Math.SQRT2)) / 2));
  const approximation = input.data.map((x) =>
    x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
  );
  assertClose(x.gelu({ approximate: "tanh" }).data, approximation);
  assertClose(x.gelu({ approximate: "tanh" }).data, x.gelu().data, 1e-3); // arXiv 1606.08415
});
