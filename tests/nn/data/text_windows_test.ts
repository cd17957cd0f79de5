import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Random } from "../../../mod.ts";
import { DataLoader, splitTokens, TextWindows } from "../../../nn/data/mod.ts";
import { property } from "../../support/property.ts";

/** A text whose tokens are their positions, and a context length that fits. */
const cases = fc.integer({ min: 1, max: 12 })
  .chain((T) => fc.record({ T: fc.constant(T), N: fc.integer({ min: T + 1, max: T + 10 }), seed: fc.integer() }));
const places = (N: number) => Int32Array.from({ length: N }, (_, i) => i);

property("windows are parts of the text, and targets are one token further on", cases, ({ T, N, seed }) => {
  const windows = new TextWindows(places(N), T);
  const { inputs, targets } = windows.sample(5, { random: new Random(seed) });
  assert.equal(inputs.length, 5);
  inputs.forEach((input, b) => {
    const start = input[0]!;
    assert.deepEqual(input, [...places(N).slice(start, start + T)]);
    assert.deepEqual(targets[b], input.map((token) => token + 1));
    assert(targets[b]!.every((token) => token < N));
  });
});

property("every window is drawn eventually, including the first and the last", cases, ({ T, N, seed }) => {
  const windows = new TextWindows(places(N), T);
  const { inputs } = windows.sample(500, { random: new Random(seed) }); // one of ten is missed once in 10²² times
  assert.deepEqual(new Set(inputs.map(([start]) => start)), new Set(places(N - T)));
  assert.deepEqual([...windows.sample(3, { random: new Random(seed) }).inputs], inputs.slice(0, 3)); // by the seed
});

property("an epoch over the windows has each once", cases, ({ T, N, seed }) => {
  const loader = new DataLoader(new TextWindows(places(N), T), { batchSize: 4, shuffle: new Random(seed) });
  const starts = [...loader].flat().map(({ input }) => input[0]!);
  assert.deepEqual(starts.sort((a, b) => a - b), [...places(N - T)]);
});

property(
  "a split text is the text, cut once",
  fc.tuple(fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true })),
  ([N, share]) => {
    const [train, validation] = splitTokens(places(N), share);
    assert.equal(train.length, Math.floor(share * N));
    assert.deepEqual([...train, ...validation], [...places(N)]);
  },
);

Deno.test("errors of misuse", () => {
  assert.throws(() => new TextWindows([1, 2, 3], 3), /^RangeError: .*must have at least 4 tokens: 3/);
  assert.throws(
    () => new TextWindows([1, 2, 3], 0),
    /^RangeError: .*"contextLength" must be a whole number, at least 1: 0/,
  );
  const windows = new TextWindows([1, 2, 3], 2);
  assert.throws(
    () => windows.sample(0, { random: new Random(1) }),
    /^RangeError: .*"batchSize" must be a whole number, at least 1: 0/,
  );
  for (const start of [-1, 1, 0.5]) assert.equal(windows.at(start), undefined);
  assert.throws(() => splitTokens([1], NaN), /^RangeError: Cannot split a text, .*: NaN/);
});

Deno.test("tokens are integers of 32 bits: others would be changed without a word", () => {
  for (const token of [2 ** 31, 2 ** 32 + 5, 1.5, NaN]) {
    assert.throws(() => splitTokens([1, token], 1), /^RangeError: Cannot split a text, as "tokens" must be/);
    assert.throws(() => new TextWindows([1, token], 1), /^RangeError: Cannot cut windows, as "tokens" must be/);
  }
  assert.throws(() => splitTokens(["1"] as unknown as number[], 1), /^TypeError: Cannot split a text, as/);
});
