import assert from "node:assert/strict";
import { gradcheck, nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";

await useDevice("reference");

const ACTIVATIONS: Record<nn.Activation, (x: number) => number> = {
  relu: (x) => Math.max(0, x),
  gelu: (x) => Tensor.from(x).gelu().item(),
  geluTanh: (x) => x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  swiglu: (x) => x / (1 + Math.exp(-x)),
};

for (const [name, f] of Object.entries(ACTIVATIONS)) {
  const activation = name as nn.Activation; // the table has one entry for each

  Deno.test(`a feed-forward network with ${name} is two layers with that activation between them`, () => {
    const random = new Random(2);
    const network = new nn.FeedForward({ dim: 3, hidden: 5, activation, random });
    const x = Tensor.randn([2, 4, 3], { random }); // [B, T, C]
    const hidden = network.up.forward(x); // [B, T, hidden]
    const between = Tensor.from(hidden.data.map(f), { shape: hidden.shape });
    const gated = network.gate === undefined ? between : between.mul(network.gate.forward(x));
    assertTensorsClose(network.forward(x), network.down.forward(gated));
    assert.equal(network.gate !== undefined, name === "swiglu");
  });

  Deno.test(`the gradients of a feed-forward network with ${name} are the limits of differences`, () => {
    const random = new Random(3);
    const network = new nn.FeedForward({ dim: 2, hidden: 3, activation, random });
    gradcheck((x, weight) => {
      network.up.weight = weight!;
      return network.forward(x!);
    }, [Tensor.randn([2, 2], { random }), network.up.weight.detach()]);
  });
}

Deno.test("worked by hand: relu keeps 1 of [1, −1], swiglu gates silu(1) by 3", () => {
  const random = new Random(1);
  const relu = new nn.FeedForward({ dim: 1, hidden: 2, activation: "relu", bias: false, random });
  relu.loadStateDict({ "up.weight": Tensor.from([[1], [-1]]), "down.weight": Tensor.from([[10, 100]]) });
  assert.deepEqual(relu.forward(Tensor.from([[1], [-2]])).toArray(), [[10], [200]]);
  const swiglu = new nn.FeedForward({ dim: 1, hidden: 1, activation: "swiglu", bias: false, random });
  const [up, gate, down] = [Tensor.from([[1]]), Tensor.from([[3]]), Tensor.from([[2]])];
  swiglu.loadStateDict({ "up.weight": up, "gate.weight": gate, "down.weight": down });
  const silu = 1 / (1 + Math.exp(-1));
  assertTensorsClose(swiglu.forward(Tensor.from([[1]])), Tensor.from([[2 * 3 * silu]]));
});

Deno.test("the hidden width is 4 C by default; biases can be turned off", () => {
  const random = new Random(1);
  const shapes = (network: nn.Module) =>
    Object.fromEntries(network.namedParameters().map(([name, p]) => [name, p.shape]));
  assert.deepEqual(shapes(new nn.FeedForward({ dim: 3, random })), {
    "up.weight": [12, 3],
    "up.bias": [12],
    "down.weight": [3, 12],
    "down.bias": [3],
  });
  assert.deepEqual(shapes(new nn.FeedForward({ dim: 3, activation: "swiglu", bias: false, random })), {
    "up.weight": [12, 3],
    "gate.weight": [12, 3],
    "down.weight": [3, 12],
  });
});

Deno.test("every position is treated alike, and dropout acts only in training", () => {
  const random = new Random(1);
  const network = new nn.FeedForward({ dim: 4, dropout: 0.5, random });
  const x = Tensor.randn([1, 6, 4], { random });
  assert.ok(network.forward(x).data.includes(0));
  network.eval();
  const order = [5, 3, 1, 0, 2, 4];
  assertTensorsClose(network.forward(x.gather(order, 1)), network.forward(x).gather(order, 1), 0);
});
