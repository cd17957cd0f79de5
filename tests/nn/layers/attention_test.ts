import * as fc from "fast-check";
import assert from "node:assert/strict";
import { withKernels } from "../../../kernels/device.ts";
import type { Kernels } from "../../../kernels/kernels.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import { gradcheck, nn, Random, Tensor, useDevice, valueAndGrad } from "../../../mod.ts";
import { assertClose, assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

/** Sizes of an attention, all small and mostly different. */
const sizes = fc.record({
  batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  T: fc.integer({ min: 1, max: 5 }),
  S: fc.integer({ min: 1, max: 6 }),
  D: fc.integer({ min: 1, max: 4 }),
  E: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(),
});

type Sizes = typeof sizes extends fc.Arbitrary<infer S> ? S : never;

/** Random queries, keys and values of these sizes. */
function operands({ batch, T, S, D, E, seed }: Sizes): [Tensor, Tensor, Tensor] {
  const random = new Random(seed);
  const draw = (rows: number, width: number) => Tensor.randn([...batch, rows, width], { random });
  return [draw(T, D), draw(S, D), draw(S, E)];
}

/** A random mask `[T, S]`; rows of zeros, queries that see nothing, are among them. */
function maskOf({ T, S, seed }: Sizes): boolean[][] {
  const random = new Random(seed + 1);
  return Array.from({ length: T }, () => Array.from({ length: S }, () => random.uniform() < 0.6));
}

/** Every way of hiding keys: none, causal (for queries that come last), a mask, and both. */
function ways(drawn: Sizes): nn.AttentionOptions[] {
  const causal = drawn.T <= drawn.S;
  return [{}, { causal }, { mask: maskOf(drawn) }, { causal, mask: maskOf(drawn) }];
}

Deno.test("attention worked by hand: weights e and 1 over e + 1", () => {
  const [q, k, v] = [Tensor.from([[2]]), Tensor.from([[0.5], [0]]), Tensor.from([[10, 0], [0, 10]])]; // scores 1 and 0
  const share = Math.E / (Math.E + 1);
  assertClose(nn.attention(q, k, v).data, [10 * share, 10 * (1 - share)]);
  assertClose(nn.attention(q, k, v, { mask: [[false, true]] }).data, [0, 10]);
});

property("fused attention and its gradients equal the composed ones", sizes, (drawn) => {
  for (const options of ways(drawn)) {
    const results = [true, false].map((fused) => {
      const inputs = operands(drawn).map((x) => (x.requiresGrad = true, x)) as [Tensor, Tensor, Tensor]; // as many
      const out = nn.attention(...inputs, { ...options, fused });
      out.backward({ seed: Tensor.randn(out.shape, { random: new Random(drawn.seed) }) });
      return [out, ...inputs.map(({ grad }) => grad)];
    });
    results[0]!.forEach((fused, i) => assertTensorsClose(fused, results[1]![i]!));
  }
});

property("the gradient of attention is the limit of its differences", sizes, (drawn) => {
  const mask = maskOf(drawn);
  gradcheck((q, k, v) => nn.attention(q!, k!, v!, { mask }), operands(drawn));
}, 20);

property("the gradient of attention can be differentiated", sizes, (drawn) => {
  const mask = maskOf(drawn);
  const byQueries = valueAndGrad((q: Tensor, k: Tensor, v: Tensor) => nn.attention(q, k, v, { mask }).pow(2).sum());
  gradcheck((q, k, v) => Tensor.concat(byQueries(q!, k!, v!)[1].map((grad) => grad.reshape([-1]))), operands(drawn));
}, 5);

property("attention weights are at least 0 and sum to 1, or to 0 for a query that sees nothing", sizes, (drawn) => {
  const [q, k] = operands(drawn);
  const mask = Tensor.from(maskOf(drawn).map((row) => row.map(Number)));
  const weights = nn.attentionWeights(q, k, { mask });
  assert.ok(weights.data.every((weight) => weight >= 0));
  const expected = mask.max(-1).expand(weights.shape.slice(0, -1)); // 1 where a query sees a key
  assertTensorsClose(weights.sum(-1), expected);
});

property("keys that no query may see have no influence, not even NaN, and get no gradient", sizes, (drawn) => {
  const [q, k, v] = operands(drawn);
  const random = new Random(drawn.seed + 2);
  const seen = Array.from({ length: drawn.S }, () => random.uniform() < 0.6);
  const hidden = (x: Tensor) => x.maskedFill(seen.map((kept) => [!kept]), NaN).detach();
  for (const fused of [true, false]) {
    const [badK, badV] = [hidden(k), hidden(v)];
    const good = nn.attention(q, k, v, { mask: seen, fused });
    for (const x of [q, badK, badV]) x.requiresGrad = true;
    const bad = nn.attention(q, badK, badV, { mask: seen, fused });
    assertTensorsClose(bad, good, 0);
    bad.sum().backward();
    for (const x of [q, badK, badV]) assert.ok(x.grad!.data.every((g) => Number.isFinite(g)));
    const rows = badV.grad!.sum(-1).data; // […, S]
    seen.forEach((kept, s) => kept || assert.equal(rows[s], 0));
    q.requiresGrad = false;
    q.grad = null;
  }
});

property("in causal attention later keys never change earlier results", sizes, (drawn) => {
  const [q, k, v] = operands({ ...drawn, S: drawn.T });
  const change = (x: Tensor) =>
    x.slice(...x.shape.slice(0, -2).map(() => null), [0, -1]).concat(
      x.slice(...x.shape.slice(0, -2).map(() => null), [-1]).add(1),
      -2,
    );
  const first = (x: Tensor) => x.slice(...x.shape.slice(0, -2).map(() => null), [0, -1]);
  for (const fused of [true, false]) {
    const before = nn.attention(q, k, v, { causal: true, fused });
    const after = nn.attention(q, change(k), change(v), { causal: true, fused });
    assertTensorsClose(first(after), first(before), 0);
  }
});

/** Layers of attention: heads, groups, and the width of a head. */
const layers = fc.record({
  groups: fc.integer({ min: 1, max: 2 }),
  perGroup: fc.integer({ min: 1, max: 3 }),
  D: fc.constantFrom(2, 4),
  B: fc.integer({ min: 1, max: 2 }),
  T: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
});

function layer(
  { groups, perGroup, D, seed }: { groups: number; perGroup: number; D: number; seed: number },
  options: Partial<nn.MultiHeadAttentionOptions> = {},
) {
  const heads = groups * perGroup;
  return new nn.MultiHeadAttention({ dim: heads * D, heads, groups, random: new Random(seed), ...options });
}

function input(
  { groups, perGroup, D, B, T, seed }: {
    groups: number;
    perGroup: number;
    D: number;
    B: number;
    T: number;
    seed: number;
  },
) {
  return Tensor.randn([B, T, groups * perGroup * D], { random: new Random(seed + 1) });
}

property("without positions, self-attention of reordered tokens is its result reordered", layers, (drawn) => {
  const [attention, x] = [layer(drawn), input(drawn)];
  const order = new Random(drawn.seed + 2).shuffle([...Array(drawn.T).keys()]);
  assertTensorsClose(attention.forward(x.gather(order, 1)), attention.forward(x).gather(order, 1));
});

property("grouped queries with a group for each head are plain multi-head attention", layers, (drawn) => {
  const plain = layer({ ...drawn, perGroup: 1 });
  const x = input({ ...drawn, perGroup: 1 });
  const { q, k, v } = plain.project(x, {});
  const heads = nn.attention(q, k, v).permute([0, 2, 1, 3]).reshape(x.shape);
  assertTensorsClose(plain.forward(x), plain.out.forward(heads));
});

property("heads of one group share keys: the plain layer with those keys repeated is the same", layers, (drawn) => {
  const grouped = layer(drawn);
  const plain = layer({ ...drawn, groups: drawn.groups * drawn.perGroup, perGroup: 1 });
  const { D, groups, perGroup } = drawn;
  const repeat = (x: Tensor) => {
    const rest = x.shape.slice(1);
    return x.reshape([groups, 1, D, ...rest]).expand([groups, perGroup, D, ...rest]).reshape([-1, ...rest]);
  };
  const state = grouped.stateDict();
  for (const name of ["key.weight", "key.bias", "value.weight", "value.bias"]) state[name] = repeat(state[name]!);
  plain.loadStateDict(state);
  assertTensorsClose(plain.forward(input(drawn)), grouped.forward(input(drawn)));
});

property("with a cache, self-attention token by token equals self-attention all at once", layers, (drawn) => {
  for (const rotary of [false, true]) {
    const [attention, x] = [layer(drawn, { rotary }), input(drawn)];
    const cache = new nn.KeyValueCache();
    const steps = Array.from({ length: drawn.T }, (_, t) => {
      return attention.forward(x.slice(null, [t, t + 1]), { causal: true, cache });
    });
    assertTensorsClose(Tensor.concat(steps, 1), attention.forward(x, { causal: true }));
    assert.equal(cache.length, drawn.T);
  }
});

property("the weights of a layer are those used for its result", layers, (drawn) => {
  const [attention, x] = [layer(drawn), input(drawn)];
  const weights = attention.weights(x, { causal: true }); // [B, H, T, T]
  const { v } = attention.project(x, {});
  const made = attention.out.forward(weights.matmul(v).permute([0, 2, 1, 3]).reshape(x.shape));
  assertTensorsClose(made, attention.forward(x, { causal: true }));
});

Deno.test("cross-attention takes keys and values from a source of its own width", () => {
  const random = new Random(1);
  const attention = new nn.MultiHeadAttention({ dim: 6, heads: 3, sourceDim: 4, random });
  const [x, source] = [Tensor.randn([2, 5, 6], { random }), Tensor.randn([2, 7, 4], { random })];
  assert.deepEqual(attention.forward(x, { source }).shape, [2, 5, 6]);
  assert.deepEqual(attention.weights(x, { source }).shape, [2, 3, 5, 7]); // [B, H, T, S]
});

property("attention with dropout drops weights, and respects its mask", sizes, (drawn) => {
  const [rate, seed] = [0.5, drawn.seed % 1000];
  for (const options of ways(drawn)) {
    const dropped = operands(drawn).map((x) => (x.requiresGrad = true, x)) as [Tensor, Tensor, Tensor]; // as many
    const [q, k, v] = operands(drawn).map((x) => (x.requiresGrad = true, x)) as [Tensor, Tensor, Tensor];
    const dropout = new nn.Dropout(rate, { random: new Random(seed) });
    const out = nn.attention(...dropped, { ...options, dropout });
    const draw = new Random(seed).integer(0, 2 ** 31 - 1);
    const expected = nn.dropout(nn.attentionWeights(q, k, options), rate, draw).matmul(v);
    assertTensorsClose(out, expected, 0);
    const seedling = Tensor.randn(out.shape, { random: new Random(drawn.seed) });
    for (const each of [out, expected]) each.backward({ seed: seedling });
    dropped.forEach((x, i) => assertTensorsClose(x.grad, [q, k, v][i]!.grad));
  }
});

property(
  "in training too, keys that no query may see have no influence, not even NaN, and get no gradient",
  sizes,
  (drawn) => {
    const [q, k, v] = operands(drawn);
    const random = new Random(drawn.seed + 2);
    const seen = Array.from({ length: drawn.S }, () => random.uniform() < 0.6);
    const hidden = (x: Tensor) => x.maskedFill(seen.map((kept) => [!kept]), NaN).detach();
    const attend = (...[k, v]: [Tensor, Tensor]) => {
      const dropout = new nn.Dropout(0.5, { random: new Random(drawn.seed % 1000) });
      return nn.attention(q, k, v, { mask: seen, dropout });
    };
    const [badK, badV] = [hidden(k), hidden(v)];
    for (const x of [badK, badV]) x.requiresGrad = true;
    const bad = attend(badK, badV);
    assertTensorsClose(bad, attend(k, v), 0);
    bad.sum().backward();
    for (const x of [badK, badV]) {
      const rows = x.grad!.abs().sum(-1).data; // […, S]
      assert.ok(rows.every(Number.isFinite));
      seen.forEach((kept, s) => kept || assert.equal(rows[s], 0));
    }
  },
);

Deno.test("a layer in training applies masks as in evaluation mode", () => {
  const random = new Random(1);
  const layer = new nn.MultiHeadAttention({ dim: 4, heads: 2, dropout: 0.5, random });
  const source = Tensor.randn([1, 3, 4], { random }).maskedFill([[0], [0], [1]], NaN);
  const x = Tensor.randn([1, 2, 4], { random });
  for (const mode of [layer.train(), layer.eval()]) {
    assert.ok(mode.forward(x, { source, mask: [1, 1, 0] }).data.every(Number.isFinite));
  }
});

Deno.test("the kernel is rejected while weights are dropped, and the composition runs on request", () => {
  const random = new Random(1);
  const layer = new nn.MultiHeadAttention({ dim: 4, heads: 2, dropout: 0.5, random });
  const x = Tensor.randn([1, 3, 4], { random });
  assert.throws(() => layer.forward(x, { fused: true }), {
    name: "TypeError",
    message: "Cannot attend with { fused: true } where weights are dropped, as the kernel never holds them",
  });
  const operations = (fused?: boolean): Set<string> => {
    const found = new Set<string>();
    const visit = (t: Tensor) => {
      found.add(t.origin?.operation ?? "leaf");
      t.parents.forEach(visit);
    };
    visit(layer.forward(x, { fused }));
    return found;
  };
  assert.ok(operations().has("dropout") && !operations(false).has("attention"));
  layer.eval();
  assert.ok(operations().has("attention") && operations(true).has("attention"));
  assert.ok(operations(false).has("softmax") && !operations(false).has("attention"));
});

Deno.test("an input or source that is not [B, T, C] is rejected with the expected shape", () => {
  const random = new Random(1);
  const layer = new nn.MultiHeadAttention({ dim: 4, heads: 2, sourceDim: 6, random });
  const message = (what: string, width: number, shape: string) =>
    `Cannot apply a MultiHeadAttention, as ${what} must be of shape [B, T, ${width}]: ${shape}`;
  const x = Tensor.ones([1, 2, 4]);
  assert.throws(() => layer.forward(Tensor.ones([2, 4])), {
    name: "TypeError",
    message: message("the input", 4, "[2, 4]"),
  });
  assert.throws(() => layer.forward(x), { name: "TypeError", message: message("the source", 6, "[1, 2, 4]") });
});

Deno.test("a mask that does not broadcast to the weights is refused with both shapes", () => {
  const [q, kv] = [Tensor.ones([2, 3, 4]), Tensor.ones([2, 5, 4])]; // [B, T, D] and [B, S, D]
  for (const mask of [[1, 0, 1], [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]], [[[[1]]]]]) {
    const shape = Tensor.from(mask).shape;
    const message = "Cannot attend, as the mask must broadcast to the shape of the weights, [2, 3, 5]: " +
      `[${shape.join(", ")}]`;
    assert.throws(() => nn.attention(q, kv, kv, { mask }), { name: "TypeError", message });
    assert.throws(() => nn.attentionWeights(q, kv, { mask }), { name: "TypeError", message });
  }
});

Deno.test("an additive mask is rejected by every implementation of attention", () => {
  const [q, k, v] = [Tensor.ones([2, 2]), Tensor.ones([2, 2]), Tensor.from([[1], [3]])];
  for (const fused of [true, false]) {
    const mask = Tensor.from([[0, -Infinity], [0, 0]]);
    assert.throws(() => nn.attention(q, k, v, { mask, fused }), { name: "TypeError", message: /see maskedFill/ });
  }
});

Deno.test("attention dropout acts only in training", () => {
  const random = new Random(1);
  const attention = new nn.MultiHeadAttention({ dim: 4, heads: 2, dropout: 0.5, random });
  const x = Tensor.randn([1, 6, 4], { random });
  assert.notDeepEqual(attention.forward(x).toArray(), attention.forward(x).toArray());
  attention.eval();
  assert.deepEqual(attention.forward(x).toArray(), attention.forward(x).toArray());
});

Deno.test("shapes and sizes that do not fit are named", () => {
  const ones = (...shape: number[]) => Tensor.ones(shape);
  assert.throws(() => nn.attention(ones(2, 3), ones(4, 5), ones(4, 3)), {
    name: "TypeError",
    message: "Cannot attend, as queries must be […, T, D], keys […, S, D] and values […, S, E] of the same D and S: " +
      "[2, 3], [4, 5], [4, 3]",
  });
  const random = new Random(1);
  assert.throws(() => new nn.MultiHeadAttention({ dim: 10, heads: 3, random }), {
    name: "RangeError",
    message: "Cannot make a MultiHeadAttention, as the heads must divide the width: 3 and 10",
  });
  assert.throws(() => new nn.MultiHeadAttention({ dim: 8, heads: 4, groups: 3, random }), {
    name: "RangeError",
    message: "Cannot make a MultiHeadAttention, as the groups must divide the heads: 3 and 4",
  });
});

Deno.test("operands of two devices are rejected before any kernel sees them", () => {
  const seen: string[] = [];
  const spy = (name: "attention" | "layerNorm" | "rmsNorm") => ({ [name]: () => void seen.push(name) });
  const other = { ...reference, device: "other", ...spy("attention"), ...spy("layerNorm"), ...spy("rmsNorm") };
  const there = withKernels(other as Kernels, () => Tensor.ones([2, 3])); // the spies are never called
  const here = Tensor.ones([2, 3]);
  const row = Tensor.ones([3]);
  const refused = {
    name: "TypeError",
    message: /tensors of two devices, as an operation runs on one: other and reference$/,
  };
  assert.throws(() => nn.attention(there, here, here), refused);
  assert.throws(() => nn.layerNorm(there, row, row), refused);
  assert.throws(() => nn.rmsNorm(there, row), refused);
  assert.deepEqual(seen, []);
});

Deno.test("queries that have no keys at all get zeros, where weights are dropped too", () => {
  const [q, none] = [Tensor.ones([2, 4]), Tensor.ones([0, 4])];
  const dropout = new nn.Dropout(0.5, { random: new Random(1) });
  for (const options of [{ causal: true, dropout }, { causal: true }, { causal: true, fused: false }]) {
    assert.deepEqual(nn.attention(q, none, none, options).toArray(), [[0, 0, 0, 0], [0, 0, 0, 0]]);
  }
});

Deno.test("vectors of no width have scores of 0: every key counts alike, in both forms and on the reference", async () => {
  for (const device of ["cpu", "reference"] as const) {
    await useDevice(device);
    const [none, v] = [Tensor.zeros([2, 0]), Tensor.from([[1], [3]])];
    for (const fused of [true, false]) assert.deepEqual(nn.attention(none, none, v, { fused }).toArray(), [[2], [2]]);
  }
  await useDevice("cpu");
});
