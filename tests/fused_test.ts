/** On every device, a fused operation equals its composed twin, in values and gradients. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { composedGelu, composedSilu } from "../autograd/ops/activations.ts";
import { composedLogSoftmax, composedSoftmax } from "../autograd/ops/softmax.ts";
import { cpuKernels } from "../kernels/cpu/mod.ts";
import { withKernels } from "../kernels/device.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { reference } from "../kernels/reference/mod.ts";
import { nn, Random, Tensor } from "../mod.ts";
import { composedCrossEntropy } from "../nn/objectives/losses.ts";
import { composedLayerNorm, composedRmsNorm } from "../nn/layers/normalization.ts";
import { assertClose } from "./support/closeness.ts";
import { gpuDevices } from "./support/gpu.ts";
import { property } from "./support/property.ts";

/** Sums of about ten terms, each rounded by 6e-8 or by 1e-16, and divisions by deviations that may be small. */
const TOLERANCES = { float32: 1e-4, float64: 1e-11 };

type Operation = (...inputs: Tensor[]) => Tensor;

interface Pair {
  readonly name: string;
  readonly fused: Operation;
  readonly composed: Operation;
  /** The operands' shapes, of `rows` vectors of `width` numbers. */
  readonly shapes: (rows: number, width: number) => number[][];
}

const vectors = (rows: number, width: number) => [[rows, width]];
const attention = (fused: boolean): Operation => (q, k, v) => nn.attention(q!, k!, v!, { causal: true, fused });
const targets = (x: Tensor) => Int32Array.from({ length: x.shape[0]! }, (_, n) => n % x.shape[1]!);

const PAIRS: readonly Pair[] = [
  { name: "softmax", fused: (x) => x!.softmax(-1), composed: (x) => composedSoftmax(x!, -1), shapes: vectors },
  { name: "logSoftmax", fused: (x) => x!.logSoftmax(-1), composed: (x) => composedLogSoftmax(x!, -1), shapes: vectors },
  { name: "gelu", fused: (x) => x!.gelu(), composed: (x) => composedGelu(x!), shapes: vectors },
  {
    name: "gelu by tanh",
    fused: (x) => x!.gelu({ approximate: "tanh" }),
    composed: (x) => composedGelu(x!, { approximate: "tanh" }),
    shapes: vectors,
  },
  { name: "silu", fused: (x) => x!.silu(), composed: (x) => composedSilu(x!), shapes: vectors },
  {
    name: "layer norm",
    fused: (x, gain, bias) => nn.layerNorm(x!, gain!, bias!, 0.1),
    composed: (x, gain, bias) => composedLayerNorm(x!, gain!, bias!, 0.1),
    shapes: (rows, width) => [[rows, width], [width], [width]],
  },
  {
    name: "RMS norm",
    fused: (x, gain) => nn.rmsNorm(x!, gain!, 0.1),
    composed: (x, gain) => composedRmsNorm(x!, gain!, 0.1),
    shapes: (rows, width) => [[rows, width], [width]],
  },
  {
    name: "cross-entropy",
    fused: (x) => nn.crossEntropy(x!, targets(x!)),
    composed: (x) => composedCrossEntropy(x!, targets(x!)).mean(),
    shapes: vectors,
  },
  {
    name: "attention",
    fused: attention(true),
    composed: attention(false),
    shapes: (rows, width) => [[2, rows, width], [2, rows, width], [2, rows, 3]],
  },
];

/** An operation's result, and the gradients of its inputs for a random direction. */
function results(operation: Operation, shapes: number[][], seed: number): Tensor[] {
  const random = new Random(seed);
  const inputs = shapes.map((shape) => Tensor.randn(shape, { random, requiresGrad: true }));
  const out = operation(...inputs);
  out.backward({ seed: Tensor.randn(out.shape, { random }) });
  return [out, ...inputs.map(({ grad }) => grad!)];
}

const cases = fc.record({
  rows: fc.integer({ min: 1, max: 7 }),
  width: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
});

function laws(kernels: Kernels, numberOfCases: number): void {
  const device = [kernels.device, kernels.engine?.engine].filter(Boolean).join(", ");
  for (const { name, fused, composed, shapes } of PAIRS) {
    property(
      `${name} equals its composed twin on ${device}, in values and gradients`,
      cases,
      ({ rows, width, seed }) => {
        withKernels(kernels, () => {
          const [expected, actual] = [composed, fused].map((f) => results(f, shapes(rows, width), seed));
          assert.equal(actual!.length, expected!.length);
          actual!.forEach(({ data }, i) => assertClose(data, expected![i]!.data, TOLERANCES[kernels.precision]));
        });
      },
      numberOfCases,
    );
  }
}

laws(reference, 40);
laws(cpuKernels(), 40);
for (const device of await gpuDevices()) laws(device, 5); // a software adapter reads in a hundredth of a second
