import * as fc from "fast-check";
import assert from "node:assert/strict";
import { gradcheck, nn, Random, Tensor, useDevice, valueAndGrad } from "../../../mod.ts";
import { composedLayerNorm, composedRmsNorm } from "../../../nn/layers/normalization.ts";
import { assertClose, assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const cases = fc.record({
  batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  C: fc.integer({ min: 2, max: 6 }),
  eps: fc.constantFrom(1e-12, 1e-5, 0.1),
  seed: fc.nat(),
});

type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never;

/** A norm as a function of its input and parameters: fused, and composed of primitive operations. */
interface Norm {
  readonly parameters: number;
  fused(...inputs: Tensor[]): Tensor;
  composed(...inputs: Tensor[]): Tensor;
}

const NORMS: Record<string, (eps: number) => Norm> = {
  "layer norm": (eps) => ({
    parameters: 2,
    fused: (x, gain, bias) => nn.layerNorm(x!, gain!, bias!, eps),
    composed: (x, gain, bias) => composedLayerNorm(x!, gain!, bias!, eps),
  }),
  "RMS norm": (eps) => ({
    parameters: 1,
    fused: (x, gain) => nn.rmsNorm(x!, gain!, eps),
    composed: (x, gain) => composedRmsNorm(x!, gain!, eps),
  }),
};

function operands({ batch, C, seed }: Case, parameters: number): Tensor[] {
  const random = new Random(seed);
  const shapes = [[...batch, C], ...Array.from({ length: parameters }, () => [C])];
  return shapes.map((shape) => Tensor.randn(shape, { random }));
}

/** All gradients of `Σ w ⊙ f²`, concatenated. */
function gradients(f: (...inputs: Tensor[]) => Tensor, seed: number): (...inputs: Tensor[]) => Tensor {
  const loss = valueAndGrad<Tensor[]>((...inputs) => {
    const out = f(...inputs);
    return out.mul(out).mul(Tensor.randn(out.shape, { random: new Random(seed) })).sum();
  });
  return (...inputs) => Tensor.concat([loss(...inputs)[1]].flat().map((grad) => grad.reshape([-1])));
}

for (const [name, norm] of Object.entries(NORMS)) {
  property(`fused ${name} and its first and second derivatives equal the composed ones`, cases, (drawn) => {
    const { fused, composed, parameters } = norm(drawn.eps);
    const inputs = operands(drawn, parameters);
    assertTensorsClose(fused(...inputs), composed(...inputs));
    const [first, second] = [fused, composed].map((f) => {
      const grad = gradients(f, drawn.seed);
      return [grad, gradients(grad, drawn.seed + 1)] as const;
    }) as [[typeof fused, typeof fused], [typeof fused, typeof fused]]; // two, as was mapped
    assertTensorsClose(first[0](...inputs), second[0](...inputs), 1e-9); // 1/√var is large if var is small
    if (drawn.eps === 0.1) assertTensorsClose(first[1](...inputs), second[1](...inputs), 1e-8);
  }, 50);

  property(`the gradient of ${name} from its kernel equals the composed one`, cases, (drawn) => {
    const { fused, composed, parameters } = norm(drawn.eps);
    const [ours, twins] = [fused, composed].map((f) => {
      const inputs = operands(drawn, parameters);
      for (const x of inputs) x.requiresGrad = true;
      const out = f(...inputs);
      out.backward({ seed: Tensor.randn(out.shape, { random: new Random(drawn.seed) }) });
      return inputs.map(({ grad }) => grad);
    });
    ours!.forEach((grad, i) => assertTensorsClose(grad, twins![i]!, 1e-9));
  });

  property(`the gradient of ${name} is the limit of its differences`, cases, (drawn) => {
    const { fused, parameters } = norm(0.1);
    gradcheck(fused, operands(drawn, parameters));
  }, 20);
}

property("layer norm brings each vector to mean 0 and variance 1, whatever its scale and shift", cases, (drawn) => {
  const { C } = drawn;
  const [x] = operands(drawn, 0) as [Tensor];
  const norm = new nn.LayerNorm(C, { eps: 0 });
  const spread = x.add(Tensor.arange(C)); // vectors whose elements are not all equal
  const out = norm.forward(spread);
  assertTensorsClose(out.mean(-1), out.mean(-1).mul(0), 1e-9);
  assertTensorsClose(out.mul(out).mean(-1), out.mean(-1).like(1), 1e-9);
  assertTensorsClose(norm.forward(spread.mul(5).add(3)), out, 1e-9);
});

property("RMS norm brings each vector to a mean square of 1, whatever its scale", cases, (drawn) => {
  const [x] = operands(drawn, 0) as [Tensor];
  const norm = new nn.RMSNorm(drawn.C, { eps: 0 });
  const out = norm.forward(x);
  assertTensorsClose(out.mul(out).mean(-1), out.mean(-1).like(1), 1e-9);
  assertTensorsClose(norm.forward(x.mul(5)), out, 1e-9);
});

Deno.test("worked by hand: [1, 3] has mean 2 and deviation 1, [3, 4] a mean square of 12.5", () => {
  const [gain, bias] = [Tensor.from([10, 100]), Tensor.from([1, 2])];
  assertClose(nn.layerNorm(Tensor.from([1, 3]), gain, bias, 0).data, [-9, 102]);
  assertClose(nn.layerNorm(Tensor.from([1, 3]), gain, bias, 3).data, [-4, 52]); // √(1 + 3) = 2
  assertClose(nn.rmsNorm(Tensor.from([3, 4]), gain, 0).data, [30 / Math.sqrt(12.5), 400 / Math.sqrt(12.5)]);
  assertClose(nn.layerNorm(Tensor.from([7, 7]), gain, bias).data, [1, 2]); // nothing to scale, but no NaN
});

Deno.test("a layer norm without bias has only a gain, and equals one with a bias of 0", () => {
  const random = new Random(1);
  const [x, without, plain] = [
    Tensor.randn([3, 4], { random }),
    new nn.LayerNorm(4, { bias: false }),
    new nn.LayerNorm(4),
  ];
  assert.deepEqual(without.namedParameters().map(([name]) => name), ["weight"]);
  assertTensorsClose(without.forward(x), plain.forward(x), 0);
});

Deno.test("a vector of another width is refused", () => {
  const message =
    "Cannot apply layer norm to a tensor of shape [2, 3], as its last axis must be as long as the parameters: [4]";
  assert.throws(() => new nn.LayerNorm(4).forward(Tensor.ones([2, 3])), { name: "TypeError", message });
  assert.throws(() => new nn.RMSNorm(4).forward(Tensor.ones([2, 3])), {
    name: "TypeError",
    message: message.replace("layer norm", "RMS norm"),
  });
  assert.throws(() => nn.layerNorm(Tensor.from(1), Tensor.ones([1]), Tensor.ones([1])), { name: "TypeError" });
});
