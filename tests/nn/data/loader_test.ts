import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Random } from "../../../mod.ts";
import { DataLoader, type Dataset, randomSplit } from "../../../nn/data/mod.ts";
import { property } from "../../support/property.ts";

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const cases = fc.record({ n: fc.nat(30), batchSize: fc.integer({ min: 1, max: 8 }), seed: fc.integer() });

property("an epoch has every example once, shuffled or not", cases, ({ n, batchSize, seed }) => {
  const inOrder = new DataLoader(numbers(n), { batchSize });
  assert.deepEqual([...inOrder].flat(), numbers(n));
  const shuffled = new DataLoader(numbers(n), { batchSize, shuffle: new Random(seed) });
  for (let epoch = 0; epoch < 3; epoch++) {
    const batches = [...shuffled];
    assert.equal(batches.length, shuffled.length);
    assert(batches.slice(0, -1).every((batch) => batch.length === batchSize));
    assert.deepEqual(batches.flat().sort((a, b) => a - b), numbers(n));
  }
});

property("dropping the last leaves full batches only", cases, ({ n, batchSize, seed }) => {
  const loader = new DataLoader(numbers(n), { batchSize, shuffle: new Random(seed), dropLast: true });
  const batches = [...loader];
  assert.equal(batches.length, Math.floor(n / batchSize));
  assert.equal(loader.length, batches.length);
  assert(batches.every((batch) => batch.length === batchSize));
  assert.equal(new Set(batches.flat()).size, batches.length * batchSize);
});

property("the same seed gives the same batches, epoch by epoch", cases, ({ n, batchSize, seed }) => {
  const run = () => [...new DataLoader(numbers(n), { batchSize, shuffle: new Random(seed) }).epochs(3)];
  const steps = run();
  assert.deepEqual(run(), steps);
  assert.deepEqual(steps.map(({ step }) => step), numbers(steps.length));
  const perEpoch = Math.ceil(n / batchSize);
  assert.deepEqual(steps.map(({ epoch }) => epoch), numbers(3 * perEpoch).map((step) => Math.floor(step / perEpoch)));
});

Deno.test("every epoch has its own order", () => {
  const loader = new DataLoader(numbers(50), { batchSize: 50, shuffle: new Random(1) });
  assert.notDeepEqual([...loader], [...loader]);
});

Deno.test("examples may be made on demand", () => {
  const squares: Dataset<number> = { length: 5, at: (i) => i * i };
  assert.deepEqual([...new DataLoader(squares, { batchSize: 3 })], [[0, 1, 4], [9, 16]]);
  const liar: Dataset<number> = { length: 2, at: (i) => i === 0 ? 7 : undefined };
  assert.throws(
    () => [...new DataLoader(liar, { batchSize: 3 })],
    /^RangeError: Cannot read example 1 of a dataset of 2/,
  );
});

property("a random split partitions the examples", cases, ({ n, batchSize, seed }) => {
  const [first, rest] = randomSplit(numbers(n), batchSize / 8, { random: new Random(seed) });
  assert.equal(first.length, Math.floor(n * batchSize / 8));
  assert.deepEqual([...first, ...rest].sort((a, b) => a - b), numbers(n));
});

Deno.test("a random split shuffles, by its seed", () => {
  const split = (seed: number) => randomSplit(numbers(50), 0.5, { random: new Random(seed) });
  assert.deepEqual(split(1), split(1));
  assert.notDeepEqual(split(1), split(2));
  assert.notDeepEqual(split(1).flat(), numbers(50));
});

Deno.test("errors of misuse", () => {
  for (const batchSize of [0, -1, 1.5, NaN]) {
    assert.throws(
      () => new DataLoader([1], { batchSize }),
      /^RangeError: .*"batchSize" must be a whole number, at least 1: /,
    );
  }
  assert.throws(() => [...new DataLoader([1], { batchSize: 1 }).epochs(-1)], /^RangeError: .*at least 0: -1/);
  assert.throws(
    () => randomSplit([1], 1.1, { random: new Random(1) }),
    /^RangeError: .*at least 0 and at most 1: 1\.1/,
  );
});

property(
  "a loader set to another's state continues with the next batch, from any position",
  fc.record({ cases, stop: fc.nat(20), dropLast: fc.boolean(), shuffled: fc.boolean() }),
  ({ cases: { n, batchSize, seed }, stop, dropLast, shuffled }) => {
    const make = (seed: number) =>
      new DataLoader(numbers(n), { batchSize, dropLast, ...(shuffled && { shuffle: new Random(seed) }) });
    const whole = [...make(seed).epochs(3)];
    const [stopped, resumed] = [make(seed), make(seed + 1)];
    let left = stop;
    if (left > 0) { for (const _ of stopped.epochs(3)) if (--left === 0) break; }
    resumed.state = JSON.parse(JSON.stringify(stopped.state));
    assert.deepEqual([...resumed.epochs(3)], whole.slice(stop));
  },
);

Deno.test("after its state is set, an iteration gives the rest of the epoch, and the next one a full epoch", () => {
  const loader = new DataLoader(numbers(5), { batchSize: 2 });
  for (const _ of loader) break;
  const { state } = loader;
  loader.state = state;
  assert.deepEqual([...loader], [[2, 3], [4]]);
  assert.deepEqual([...loader], [[0, 1], [2, 3], [4]]);
  for (const _ of loader) break; // an epoch that is left early has ended
  assert.deepEqual([...loader], [[0, 1], [2, 3], [4]]);
});

Deno.test("invalid states, and those of other loaders, are rejected, and the loader keeps its position", () => {
  const loader = new DataLoader(numbers(5), { batchSize: 2, shuffle: new Random(1) });
  for (const _ of loader) break;
  const { state } = loader;
  const refused = (changes: Record<string, unknown> | null, message: RegExp) => {
    const wrong = changes === null ? null : { ...state, ...changes };
    assert.throws(() => loader.state = wrong as typeof state, { name: "TypeError", message }); // as in a notebook
    assert.deepEqual(loader.state, state);
  };
  refused(null, /as it must be a DataLoader's state/);
  refused({ batch: 1.5 }, /as it must be a DataLoader's state/);
  refused({ shuffle: [1, 2] }, /as it must be a DataLoader's state/);
  refused({ examples: 6 }, /of a loader with the same examples, 5: 6/);
  refused({ batchSize: 3 }, /of a loader with the same batchSize, 2: 3/);
  refused({ shuffle: null }, /of a loader with the same shuffle, true: false/);
  refused({ batch: 3 }, /as there is no such place in an epoch: batch 3/);
  refused({ order: null }, /as there is no such place in an epoch: batch 1/);
});
