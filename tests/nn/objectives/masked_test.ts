import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { property } from "../../support/property.ts";
import { SEED } from "../../support/seed.ts";

await useDevice("reference");

const [CLS, MASK, PAD, V] = [0, 1, 2, 20];
const special = [CLS, PAD];
const batches = fc.record({
  rows: fc.integer({ min: 1, max: 8 }).chain((T) => {
    return fc.array(fc.array(fc.nat(V - 1), { minLength: T, maxLength: T }), { minLength: 1, maxLength: 4 });
  }),
  rate: fc.constantFrom(0, 0.15, 0.5, 1),
  seed: fc.nat(),
});

property("only chosen tokens change, their targets are the originals, and special tokens stay", batches, (drawn) => {
  const { rows, rate, seed } = drawn;
  const { inputs, targets } = nn.maskedBatch(rows, options({ rate, random: new Random(seed) }));
  rows.forEach((row, b) =>
    row.forEach((token, t) => {
      const [input, target] = [inputs[b]![t]!, targets[b]![t]!];
      assert.equal(target, target === -100 ? -100 : token);
      if (target === -100) assert.equal(input, token);
      else assert.ok(!special.includes(input)); // hidden, random or kept, never a special token
      if (token <= PAD) assert.equal(target, -100);
      else if (rate === 0 || rate === 1) assert.equal(target === -100, rate === 0);
    })
  );
});

property("the same seed gives the same batch", batches, ({ rows, rate, seed }) => {
  const [a, b] = [1, 2].map(() => nn.maskedBatch(rows, options({ rate, random: new Random(seed) })));
  assert.deepEqual(a, b);
});

property("the loss has no gradient where no token was chosen", batches, ({ rows, rate, seed }) => {
  const { targets } = nn.maskedBatch(rows, options({ rate, random: new Random(seed) }));
  const logits = Tensor.randn([rows.length, rows[0]!.length, V], { random: new Random(seed) });
  const free = logits.detach();
  free.requiresGrad = true;
  nn.crossEntropy(free, targets).backward();
  const moved = free.grad!.abs().max(-1).toArray() as number[][]; // [B, T]
  targets.forEach((row, b) => row.forEach((target, t) => assert.equal(moved[b]![t] === 0, target === -100)));
}, 30);

Deno.test("15 % are chosen; of those, 80 % are hidden, 10 % random, 10 % kept: χ² of 100,000 tokens", () => {
  const row = Array.from({ length: 100_000 }, (_, i) => 3 + i % (V - 3));
  const { inputs: [input], targets: [target] } = nn.maskedBatch([row], options({ random: new Random(SEED) }));
  const seen = { unchosen: 0, hidden: 0, kept: 0, other: 0 };
  row.forEach((token, t) => {
    if (target![t] === -100) seen.unchosen++;
    else if (input![t] === MASK) seen.hidden++;
    else if (input![t] === token) seen.kept++;
    else seen.other++;
  });
  const same = 1 / (V - 3); // a random token may be the original
  const shares = {
    unchosen: 0.85,
    hidden: 0.15 * 0.8,
    kept: 0.15 * (0.1 + 0.1 * same),
    other: 0.15 * 0.1 * (1 - same),
  };
  const chiSquare = (Object.keys(seen) as (keyof typeof seen)[]).reduce((sum, kind) => { // the keys of `seen`
    const expected = shares[kind] * row.length;
    return sum + (seen[kind] - expected) ** 2 / expected;
  }, 0);
  assert.ok(chiSquare < 16.27, `χ² with 3 degrees of freedom exceeds this once in 1,000 times: ${chiSquare}`);
});

Deno.test("random tokens are even over all that are not special: χ²", () => {
  const row = Array<number>(100_000).fill(3);
  const { inputs: [input] } = nn.maskedBatch([row], options({ rate: 1, random: new Random(SEED) }));
  const counts = Array<number>(V).fill(0);
  for (const token of input!) counts[token]!++;
  assert.deepEqual([counts[CLS], counts[PAD]], [0, 0]);
  const drawn = counts.slice(4); // 3 was kept too
  const mean = drawn.reduce((a, b) => a + b) / drawn.length;
  const chiSquare = drawn.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  assert.ok(chiSquare < 37.7, `χ² with 15 degrees of freedom exceeds this once in 1,000 times: ${chiSquare}`);
});

Deno.test("tokens outside the vocabulary are refused, and so is a vocabulary of special tokens alone", () => {
  const random = new Random(1);
  assert.throws(() => nn.maskedBatch([[V]], options({ random })), new RegExp(`from 0 to ${V - 1}: ${V}$`));
  assert.throws(() => nn.maskedBatch([[3]], { maskToken: V, vocabSize: V, random }), /must be from 0 to 19: 20$/);
  assert.throws(() => nn.maskedBatch([[0]], { maskToken: 0, vocabSize: 1, random }), /not special: all are/);
});

function options({ rate, random }: { rate?: number; random: Random }): nn.MaskedBatchOptions {
  return { maskToken: MASK, vocabSize: V, special, random, ...(rate !== undefined && { rate }) };
}
