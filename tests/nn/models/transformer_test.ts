import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const SIZES = { sourceVocabSize: 7, targetVocabSize: 5, layers: 2, heads: 2, dim: 8, hidden: 12 };

const drawnModels = fc.record({
  norm: fc.constantFrom("pre" as const, "post" as const),
  B: fc.integer({ min: 1, max: 3 }),
  S: fc.integer({ min: 2, max: 5 }),
  T: fc.integer({ min: 2, max: 5 }),
  seed: fc.nat(),
});

/** A model with parameters of all sizes, and tokens for it. */
function draw({ norm, B, S, T, seed }: typeof drawnModels extends fc.Arbitrary<infer D> ? D : never) {
  const random = new Random(seed);
  const model = new nn.Transformer({ ...SIZES, norm, random }).eval();
  const tokens = (length: number, count: number) =>
    Array.from({ length: B }, () => Array.from({ length }, () => random.integer(0, count)));
  return { random, model, source: tokens(S, SIZES.sourceVocabSize), target: tokens(T, SIZES.targetVocabSize) };
}

for (const norm of ["pre", "post"] as const) {
  Deno.test(`a block with ${norm}-norm equals one composed by hand`, () => {
    const random = new Random(1);
    const block = new nn.Block({ dim: 6, heads: 2, cross: true, norm, random });
    for (const p of block.parameters()) p.assign(Tensor.randn(p.shape, { random }));
    const [x, source] = [Tensor.randn([2, 3, 6], { random }), Tensor.randn([2, 4, 6], { random })];
    const { attention, attentionNorm, cross, crossNorm, feedForward, feedForwardNorm } = block;
    const layers: [nn.LayerNorm, (x: Tensor) => Tensor][] = [
      [attentionNorm, (x) => attention.forward(x, { causal: true })],
      [crossNorm!, (x) => cross!.forward(x, { source })],
      [feedForwardNorm, (x) => feedForward.forward(x)],
    ];
    const expected = layers.reduce((x, [norms, layer]) => {
      return norm === "pre" ? x.add(layer(norms.forward(x))) : norms.forward(x.add(layer(x)));
    }, x);
    assertTensorsClose(block.forward(x, { causal: true, source }), expected);
  });
}

property(
  "the encoder's output is the same with and without padding of the source, whatever it contains",
  drawnModels,
  (drawn) => {
    const { model, source, random } = draw(drawn);
    const pad = () => [random.integer(0, SIZES.sourceVocabSize), random.integer(0, SIZES.sourceVocabSize)];
    const mask = source.map((row) => [...row.map(() => 1), 0, 0]);
    const padded = model.encode(source.map((row) => [...row, ...pad()]), mask);
    assertTensorsClose(padded.slice(null, [0, drawn.S]), model.encode(source));
  },
  30,
);

property("the logits are the same with and without padding of the source", drawnModels, (drawn) => {
  const { model, source, target } = draw(drawn);
  const mask = source.map((row) => [...row.map(() => 1), 0]);
  const padded = model.forward(source.map((row) => [...row, 3]), target, mask);
  assertTensorsClose(padded, model.forward(source, target));
}, 15);

property("the decoder never sees later targets, and sees all of the source", drawnModels, (drawn) => {
  const { model, source, target } = draw(drawn);
  const before = model.forward(source, target);
  const changed = target.map((row) => row.with(-1, (row.at(-1)! + 1) % SIZES.targetVocabSize));
  const earlier = [0, drawn.T - 1] as const;
  assertTensorsClose(model.forward(source, changed).slice(null, earlier), before.slice(null, earlier), 0);
  for (const s of [0, drawn.S - 1]) {
    const other = source.map((row) => row.with(s, (row[s]! + 1) % SIZES.sourceVocabSize));
    assert.notDeepEqual(model.forward(other, target).slice(null, 0).toArray(), before.slice(null, 0).toArray());
  }
}, 15);

property("every parameter gets a gradient", drawnModels, (drawn) => {
  const { model, source, target } = draw({ ...drawn, S: 5, T: 5 });
  nn.crossEntropy(model.forward(source, target), target).backward();
  for (const [name, { grad }] of model.namedParameters()) assert.ok(grad?.data.every(Number.isFinite), name);
}, 5);

/** The number of parameters of the paper's model, by its section 3. */
function parameterCount({ sourceVocabSize, targetVocabSize, layers: N, dim: C, hidden: F }: typeof SIZES): number {
  const [attention, network, norm] = [4 * (C * C + C), C * F + F + F * C + C, 2 * C];
  const [encoder, decoder] = [attention + network + 2 * norm, 2 * attention + network + 3 * norm];
  return (sourceVocabSize + targetVocabSize) * C + N * (encoder + decoder);
}

Deno.test("the number of parameters follows the paper's formulas; the base model has 63 million", () => {
  const count = (norm: "pre" | "post") => {
    const model = new nn.Transformer({ ...SIZES, norm, random: new Random(1) });
    return model.parameters().reduce((sum, { size }) => sum + size, 0);
  };
  assert.equal(count("post"), parameterCount(SIZES));
  assert.equal(count("pre"), parameterCount(SIZES) + 2 * 2 * SIZES.dim); // one more norm in each stack
  const base = { layers: 6, dim: 512, heads: 8, hidden: 2048, sourceVocabSize: 0, targetVocabSize: 37_000 }; // one table
  assert.equal(parameterCount(base), 63_082_496); // "65 million" in the paper's table 3
});

Deno.test("embedded tokens start with elements of about 1, like the positions", () => {
  const model = new nn.Transformer({ ...SIZES, sourceVocabSize: 500, dim: 64, layers: 1, random: new Random(1) });
  const scaled = model.sourceEmbedding.weight.mul(Math.sqrt(64));
  assert.ok(Math.abs(scaled.mul(scaled).mean().item() - 1) < 0.05);
});

Deno.test("the defaults are those of the paper's base model", () => {
  const sizes = { sourceVocabSize: 5, targetVocabSize: 5, layers: 1 };
  const model = nn.withoutDrawing((random) => new nn.Transformer({ ...sizes, random }));
  const [block] = model.encoder as [nn.Block];
  assert.deepEqual([model.dim, block.attention.heads, block.feedForward.up.weight.shape], [512, 8, [2048, 512]]);
  assert.deepEqual([block.norm, block.feedForward.activation], ["post", "relu"]);
  const dropouts = model.namedModules().flatMap(([, part]) => part instanceof nn.Dropout ? [part.rate] : []);
  assert.deepEqual(new Set(dropouts), new Set([0.1]));
});

Deno.test("the norms' options reach every norm, including those at the ends of pre-norm stacks", () => {
  const model = new nn.Transformer({ ...SIZES, norm: "pre", bias: false, eps: 0.25, random: new Random(1) });
  const norms = model.namedModules().flatMap(([, part]) => part instanceof nn.LayerNorm ? [part] : []);
  assert.equal(norms.length, 2 * 2 + 2 * 3 + 2);
  assert.ok(norms.every(({ bias, options }) => bias === undefined && options.eps === 0.25));
  assert.ok(model.namedParameters().every(([name]) => !name.endsWith("bias")));
});

Deno.test("a model works on its own device, whichever is in use later", async () => {
  await useDevice("cpu");
  const model = new nn.Transformer({ ...SIZES, random: new Random(1) }).eval();
  const before = model.forward([[1, 2]], [[0, 4]]);
  await useDevice("reference");
  const after = model.forward([[1, 2]], [[0, 4]]);
  assert.equal(after.kernels.device, "cpu");
  assert.deepEqual(after.toArray(), before.toArray());
});

Deno.test("tokens and padding masks that are not [B, T] are rejected by name", () => {
  const model = new nn.Transformer({ ...SIZES, random: new Random(1) }).eval();
  const given = (value: unknown) => value as number[][]; // as in a notebook, where types are not checked
  const refused = (attempt: () => unknown, message: string) => assert.throws(attempt, { name: "TypeError", message });
  refused(
    () => model.forward(given([1, 2]), [[1]]),
    "Cannot encode a source, as the source must be [B, T], a list of token lists: [1, 2]; " +
      "put a single text into a list of its own",
  );
  refused(
    () => model.forward([[1, 2]], [[1, 2], [3]]),
    "Cannot decode a target, as the target must be [B, T], lists of equal lengths: 2 and 1; see nn.pad",
  );
  refused(
    () => model.forward([[1, 2]], [[1]], given([1, 0])),
    "Cannot encode a source, as the padding mask must be [B, T], a list of token lists: [1, 0]; " +
      "put a single text into a list of its own",
  );
  refused(
    () => model.forward([[1, 2]], [[1]], [[1]]), // one number would hide or show the whole source
    "Cannot encode a source, as the padding mask must be [1, 2]: [1, 1]",
  );
  refused(
    () => model.decode([[1]], model.encode([[1, 2]]), [[1]]),
    "Cannot decode a target, as the padding mask must be [1, 2]: [1, 1]",
  );
  const typed = [Int32Array.of(1, 2)];
  assert.deepEqual(model.forward(typed, typed).toArray(), model.forward([[1, 2]], [[1, 2]]).toArray());
});

Deno.test("a block without cross-attention takes no source", () => {
  const random = new Random(1);
  const block = new nn.Block({ dim: 4, heads: 2, random });
  assert.throws(() => block.forward(Tensor.ones([1, 2, 4]), { source: Tensor.ones([1, 2, 4]) }), {
    name: "TypeError",
    message: "Cannot attend to a source, as only a block made with { cross: true } has cross-attention",
  });
});

Deno.test("a block with cross-attention requires its source", () => {
  const random = new Random(1);
  const block = new nn.Block({ dim: 4, heads: 2, cross: true, random });
  assert.throws(() => block.forward(Tensor.ones([1, 2, 4])), {
    name: "TypeError",
    message: "Cannot attend across, as a block with cross-attention needs a source",
  });
});

Deno.test("dropout makes training random and leaves evaluation as it is", () => {
  const random = new Random(1);
  const model = new nn.Transformer({ ...SIZES, dropout: 0.3, random });
  const run = () => model.forward([[1, 2, 3]], [[0, 4]]).toArray();
  assert.notDeepEqual(run(), run());
  model.eval();
  assert.deepEqual(run(), run());
});

Deno.test("a source and a target hold tokens, and there are as many sources as targets", () => {
  const sizes = { sourceVocabSize: 7, targetVocabSize: 5, layers: 1, heads: 2, dim: 8, hidden: 16 };
  const model = new nn.Transformer({ ...sizes, random: new Random(1) });
  assert.throws(() => model.forward([[]], [[0]]), /^TypeError: Cannot encode a source, as there must be at least one/);
  assert.throws(() => model.forward([[1]], [[]]), /^TypeError: Cannot decode a target, as there must be at least one/);
  assert.throws(() => model.forward([], []), /^TypeError: Cannot encode a source, as there must be at least one/);
  assert.throws(() => model.forward([[1], [2]], [[0]]), /as there must be one source for each input, .*: 2 for 1/);
});
