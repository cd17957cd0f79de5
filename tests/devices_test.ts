/** One model on every device: training from one seed gives the same losses, also in the scalar engine. */

import assert from "node:assert/strict";
import { withKernels } from "../kernels/device.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { cpuKernels } from "../kernels/cpu/mod.ts";
import { reference } from "../kernels/reference/mod.ts";
import { nn, optim, Random, Tensor, Value } from "../mod.ts";
import { gpuDevices } from "./support/gpu.ts";

/** Twenty steps carry each float32 rounding, 6e-8, through about a thousand operations per step. */
const FLOAT32 = 1e-3;
const STEPS = 20;

/** The losses of a small transformer block that learns to predict each token's predecessor. */
function blockLosses(kernels: Kernels): number[] {
  return withKernels(kernels, () => {
    const random = new Random(3);
    const sizes = { vocabSize: 7, contextLength: 6, layers: 1, heads: 2, dim: 12, dropout: 0.1 };
    const gpt = new nn.GPT({ ...sizes, random });
    const tokens = Array.from({ length: 4 }, () => Array.from({ length: 6 }, () => random.integer(0, 7)));
    const targets = tokens.map((row) => [-100, ...row.slice(0, -1)]);
    const adam = new optim.AdamW(gpt.parameters(), { lr: 1e-2 });
    return Array.from({ length: STEPS }, () => {
      adam.zeroGrad();
      const loss = nn.crossEntropy(gpt.forward(tokens), targets);
      loss.backward();
      optim.clipGradNorm(gpt.parameters(), 1);
      adam.step();
      return loss.item();
    });
  });
}

const EXAMPLES = [[[0, 0], -1], [[0, 1], 1], [[1, 0], 1], [[1, 1], -1]] as const;

/** The weights of an MLP 2-3-1, drawn in one order for both engines. */
function mlpWeights(): { hidden: number[][]; out: number[] } {
  const random = new Random(5);
  const draw = () => random.uniform(-1, 1);
  return { hidden: Array.from({ length: 3 }, () => [draw(), draw()]), out: [draw(), draw(), draw()] };
}

/** The losses of the MLP on exclusive or, with plain gradient descent on tensors. */
function mlpLosses(kernels: Kernels): number[] {
  return withKernels(kernels, () => {
    const { hidden, out } = mlpWeights();
    const w1 = Tensor.from(hidden, { requiresGrad: true }); // [3, 2]
    const w2 = Tensor.from(out, { requiresGrad: true }); // [3]
    const x = Tensor.from(EXAMPLES.map(([x]) => x)); // [4, 2]
    const y = Tensor.from(EXAMPLES.map(([, y]) => y)); // [4]
    const sgd = new optim.SGD([w1, w2], { lr: 0.1 });
    return Array.from({ length: STEPS }, () => {
      sgd.zeroGrad();
      const loss = x.matmul(w1.transpose()).tanh().matmul(w2).sub(y).pow(2).mean();
      loss.backward();
      sgd.step();
      return loss.item();
    });
  });
}

/** The same with scalar values. */
function scalarLosses(): number[] {
  const { hidden, out } = mlpWeights();
  const [w1, w2] = [hidden.map((row) => row.map((w) => new Value(w))), out.map((w) => new Value(w))];
  return Array.from({ length: STEPS }, () => {
    const weights = [...w1.flat(), ...w2];
    for (const w of weights) w.grad = 0;
    const squares = EXAMPLES.map(([x, y]) => {
      const units = w1.map(([a, b]) => a!.mul(x[0]).add(b!.mul(x[1])).tanh());
      return units.map((unit, i) => unit.mul(w2[i]!)).reduce((a, b) => a.add(b)).sub(y).pow(2);
    });
    const loss = squares.reduce((a, b) => a.add(b)).div(EXAMPLES.length);
    loss.backward();
    for (const w of weights) w.data -= 0.1 * w.grad;
    return loss.data;
  });
}

function assertSameLosses(actual: number[], expected: number[], tolerance: number): void {
  assert.ok(expected.at(-1)! < expected[0]!, `the loss should fall: ${expected.join(", ")}`);
  actual.forEach((loss, step) => {
    assert.ok(
      Math.abs(loss - expected[step]!) <= tolerance,
      `step ${step}: ${loss} where ${expected[step]} is expected`,
    );
  });
}

Deno.test("the scalar engine and the tensor engine train an MLP alike", () => {
  assertSameLosses(scalarLosses(), mlpLosses(reference), 1e-12);
});

for (const kernels of [cpuKernels(), ...await gpuDevices()]) {
  const { device, engine } = kernels;
  Deno.test(`a transformer block and an MLP train on ${device} (${engine?.engine}) as on reference`, () => {
    assertSameLosses(blockLosses(kernels), blockLosses(reference), FLOAT32);
    assertSameLosses(mlpLosses(kernels), mlpLosses(reference), FLOAT32);
  });
}
