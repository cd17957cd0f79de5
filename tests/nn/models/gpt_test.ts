import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const drawnModels = fc.record({
  layers: fc.integer({ min: 1, max: 3 }),
  heads: fc.integer({ min: 1, max: 3 }),
  D: fc.integer({ min: 3, max: 4 }), // a norm of one or two numbers carries little information
  bias: fc.boolean(),
  B: fc.integer({ min: 1, max: 2 }),
  T: fc.integer({ min: 2, max: 6 }),
  seed: fc.nat(),
});

const V = 9;
const SMALL = { vocabSize: 5, contextLength: 4, layers: 1, heads: 2, dim: 4 };

/** A model with parameters far from their initial values, so that every part matters, and tokens for it. */
function draw({ layers, heads, D, bias, B, T, seed }: typeof drawnModels extends fc.Arbitrary<infer M> ? M : never) {
  const random = new Random(seed);
  const gpt = new nn.GPT({ vocabSize: V, contextLength: 8, layers, heads, dim: heads * D, bias, random });
  for (const p of gpt.parameters()) p.assign(p.add(Tensor.randn(p.shape, { random }).mul(0.3)));
  const tokens = Array.from({ length: B }, () => Array.from({ length: T }, () => random.integer(0, V)));
  return { gpt, tokens, random };
}

property("future tokens never change past logits", drawnModels, (drawn) => {
  const { gpt, tokens, random } = draw(drawn);
  const kept = random.integer(1, drawn.T);
  const changed = tokens.map((row) => row.map((token, t) => t < kept ? token : (token + 1) % V));
  const [before, after] = [gpt.forward(tokens), gpt.forward(changed)];
  assertTensorsClose(after.slice(null, [0, kept]), before.slice(null, [0, kept]), 0);
  assert.notDeepEqual(after.slice(null, kept).toArray(), before.slice(null, kept).toArray());
}, 50);

property(
  "with a cache, pieces of any lengths give the logits of the whole at every step",
  drawnModels,
  (drawn) => {
    const { gpt, tokens, random } = draw(drawn);
    const whole = gpt.forward(tokens);
    const caches = gpt.blocks.map(() => new nn.KeyValueCache());
    for (let start = 0; start < drawn.T;) {
      const end = random.integer(start + 1, drawn.T + 1);
      const piece = gpt.forward(tokens.map((row) => row.slice(start, end)), { caches });
      assertTensorsClose(piece, whole.slice(null, [start, end]));
      start = end;
    }
  },
  50,
);

property("sequences of a batch do not see each other", drawnModels, (drawn) => {
  const { gpt, tokens } = draw(drawn);
  const alone = Tensor.concat(tokens.map((row) => gpt.forward([row])));
  assertTensorsClose(gpt.forward(tokens), alone);
}, 20);

/** The number of parameters of a GPT-2, layer by layer. */
function parameterCount(
  { vocabSize: V, contextLength: P, layers, dim: C, bias = true }: Omit<nn.GPTOptions, "random" | "heads">,
): number {
  const b = bias ? 1 : 0;
  const linear = (inputs: number, outputs: number) => inputs * outputs + b * outputs;
  const norm = C + b * C;
  const block = 2 * norm + linear(C, 3 * C) + linear(C, C) + linear(C, 4 * C) + linear(4 * C, C);
  return V * C + P * C + layers * block + norm;
}

property("the number of parameters is that of GPT-2's layers", drawnModels, (drawn) => {
  const { gpt } = draw(drawn);
  assert.equal(gpt.parameters().reduce((sum, { size }) => sum + size, 0), parameterCount(gpt.options));
}, 20);

Deno.test("GPT-2 small has 124,439,808 parameters by that count, and nanoGPT's configuration for CPUs 804,096", () => {
  assert.equal(parameterCount({ vocabSize: 50257, contextLength: 1024, layers: 12, dim: 768 }), 124_439_808);
  const sizes = { vocabSize: 65, contextLength: 64, layers: 4, heads: 4, dim: 128, bias: false };
  assert.equal(parameterCount(sizes), 804_096); // 0.80 M without the positions, as nanoGPT prints it
  const gpt = new nn.GPT({ ...sizes, random: new Random(1) });
  assert.match(gpt.toString(), /^GPT: 804,096 parameters/);
});

Deno.test("weights start normal with deviation 0.02, or 0.02 / √(2 · layers) if they write to the residual stream", () => {
  const layers = 3;
  const gpt = new nn.GPT({ vocabSize: 99, contextLength: 64, layers, heads: 2, dim: 48, random: new Random(1) });
  for (const [name, p] of gpt.namedParameters()) {
    if (/norm/i.test(name)) assert.ok(p.data.every((x) => x === (name.endsWith("weight") ? 1 : 0)), name);
    else if (name.endsWith("bias")) assert.ok(p.data.every((x) => x === 0), name);
    else {
      const wanted = /(attention\.out|feedForward\.down)\.weight$/.test(name) ? 0.02 / Math.sqrt(2 * layers) : 0.02;
      const deviation = Math.sqrt(p.mul(p).mean().item());
      assert.ok(Math.abs(deviation / wanted - 1) < 5 / Math.sqrt(2 * p.size), `${name}: ${deviation}, not ${wanted}`);
    }
  }
});

Deno.test("one table embeds the tokens and gives the logits: its gradient is the sum of both uses", () => {
  const random = new Random(1);
  const gpt = new nn.GPT({ vocabSize: 6, contextLength: 4, layers: 1, heads: 1, dim: 4, random });
  const state = gpt.stateDict();
  assert.ok(!Object.keys(state).some((name) => /head/.test(name)));
  gpt.forward([[2, 3]]).sum().backward();
  const rows = gpt.tokens.weight.grad!.abs().sum(-1).data;
  assert.ok(rows.every((row) => row > 0)); // even those of tokens that were not read
});

Deno.test("texts longer than the context, even with a cache, and unknown tokens are rejected", () => {
  const gpt = new nn.GPT({ vocabSize: 5, contextLength: 4, layers: 1, heads: 1, dim: 2, random: new Random(1) });
  const message = "Cannot read 5 tokens, as the context is of at most 4";
  assert.throws(() => gpt.forward([[0, 1, 2, 3, 4]]), { name: "RangeError", message });
  const caches = [new nn.KeyValueCache()];
  gpt.forward([[0, 1, 2]], { caches });
  assert.throws(() => gpt.forward([[0, 1]], { caches }), { name: "RangeError", message });
  assert.equal(caches[0]?.length, 3); // as it was
  for (const token of [5, -1]) assert.throws(() => gpt.forward([[token]]), { name: "RangeError" });
  assert.throws(() => gpt.forward([[1, 2], [3]]), { name: "TypeError" });
});

Deno.test("one sequence in place of a batch is rejected with the expected shape, and typed arrays are accepted", () => {
  // These calls skip type checks, as in a notebook.
  // deno-lint-ignore no-explicit-any
  const gpt: { forward(...given: any[]): Tensor } = new nn.GPT({ ...SMALL, random: new Random(1) });
  for (const tokens of [[1, 2, 3], [1], 5, "text", undefined, [[1, 2], [3]]]) {
    assert.throws(() => gpt.forward(tokens), {
      name: "TypeError",
      message: /^Cannot run a GPT, as tokens must be \[B, T\]/,
    });
  }
  for (const tokens of [[], [[]], [[1.5]], [["1"]]]) assert.throws(() => gpt.forward(tokens), { name: "TypeError" });
  assertTensorsClose(gpt.forward([Int32Array.of(1, 2)]), gpt.forward([[1, 2]]), 0);
  assert.throws(() => gpt.forward([[1, 2]], { caches: [] }), /must be one cache for each block: 0 for 1/);
});

Deno.test("a separate head may give the logits, and the tokens' table then only embeds", () => {
  const gpt = new nn.GPT({ ...SMALL, tied: false, random: new Random(1) });
  assert.deepEqual(gpt.head?.weight.shape, [5, 4]);
  gpt.forward([[1, 2]]).sin().sum().backward();
  assert.equal(gpt.tokens.weight.grad!.slice(3).abs().sum().item(), 0);
  assert.ok(gpt.head!.weight.grad!.slice(3).abs().sum().item() > 0);
});

Deno.test("widths, activations and dropout rates reach their parts", () => {
  const options = { ...SMALL, hidden: 7, activation: "relu", dropout: 0.1, random: new Random(1) } as const;
  const [plain, own] = [new nn.GPT(options), new nn.GPT({ ...options, attentionDropout: 0.2, embeddingDropout: 0.3 })];
  const rates = (gpt: nn.GPT) => {
    const { attention, dropout, feedForward } = gpt.blocks[0]!;
    return [gpt.dropout, attention.dropout, dropout, feedForward.dropout].map(({ rate }) => rate);
  };
  assert.deepEqual([rates(plain), rates(own)], [[0.1, 0.1, 0.1, 0.1], [0.3, 0.2, 0.1, 0.1]]);
  assert.deepEqual(own.blocks[0]!.feedForward.up.weight.shape, [7, 4]);
  assert.equal(own.blocks[0]!.feedForward.activation, "relu");
  assert.throws(() => new nn.GPT({ ...options, eosToken: 5 }), {
    name: "RangeError",
    message: /below vocabSize: 5, of 5/,
  });
});

Deno.test("each block has a cache of its own, and all stand at one place", () => {
  const gpt = new nn.GPT({ vocabSize: 9, contextLength: 6, layers: 2, heads: 2, dim: 8, random: new Random(1) });
  const shared = new nn.KeyValueCache();
  const rule = /^TypeError: Cannot run a GPT, as each block must have a cache of its own/;
  assert.throws(() => gpt.forward([[1]], { caches: [shared, shared] }), rule);
  assert.equal(shared.length, 0);
  const [a, b] = [new nn.KeyValueCache(), new nn.KeyValueCache()];
  gpt.forward([[1, 2]], { caches: [a, b] });
  const one = Tensor.zeros([1, 2, 1, 4]);
  b.append(one, one);
  assert.throws(() => gpt.forward([[1]], { caches: [a, b] }), /all of the same length: \[2, 3\]/);
});

Deno.test("tokens are [B, T], neither deeper nor empty", () => {
  const gpt = new nn.GPT({ vocabSize: 9, contextLength: 6, layers: 1, heads: 2, dim: 8, random: new Random(1) });
  const deeper = [[[1]]] as unknown as number[][];
  assert.throws(() => gpt.forward(deeper), /^TypeError: Cannot run a GPT, as tokens must be \[B, T\]/);
});
