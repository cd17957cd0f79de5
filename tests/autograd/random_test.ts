import assert from "node:assert/strict";
import { Random } from "../../mod.ts";
import "../support/reference.ts";

const draw = <T>(n: number, f: () => T) => Array.from({ length: n }, f);
const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;

/** Asserts that a mean of n deviates with this deviation lies where it does in all but one of 10,000 runs. */
function assertMean(xs: readonly number[], expected: number, deviation: number): void {
  const found = mean(xs);
  assert.ok(
    Math.abs(found - expected) < 4 * deviation / Math.sqrt(xs.length),
    `${found} where about ${expected} is expected`,
  );
}

Deno.test("the same seed gives the same numbers, and another seed gives others", () => {
  const all = (seed: number) => {
    const random = new Random(seed);
    return [
      random.uniform(),
      random.normal(),
      random.integer(0, 1000),
      random.shuffle([1, 2, 3, 4, 5]),
      random.fork().uniform(),
    ];
  };
  assert.deepEqual(all(42), all(42));
  assert.notDeepEqual(all(42), all(43));
});

Deno.test("the first numbers of neighbouring seeds are as spread and as independent as any", () => {
  const firsts = Array.from({ length: 5000 }, (_, seed) => new Random(seed).uniform() - 0.5);
  assertMean(firsts, 0, 1 / Math.sqrt(12));
  assertMean(firsts.map((x) => x ** 2), 1 / 12, 0.075);
  for (let apart = 1; apart <= 16; apart++) {
    assertMean(firsts.slice(apart).map((x, i) => x * firsts[i]!), 0, 1 / 12);
  }
});

Deno.test("uniform: the mean and variance are right, and no number is outside the bounds", () => {
  const random = new Random(1);
  const xs = draw(20_000, () => random.uniform(-1, 3));
  assert.ok(xs.every((x) => x >= -1 && x < 3));
  const deviation = 4 / Math.sqrt(12);
  assertMean(xs, 1, deviation);
  assertMean(xs.map((x) => (x - 1) ** 2), deviation ** 2, 1.2); // √(E (x − 1)⁴ − deviation⁴) = 1.19
});

Deno.test("normal: mean, variance, symmetry and tails are right, and deviates are independent", () => {
  const random = new Random(2);
  const xs = draw(20_000, () => random.normal());
  assertMean(xs, 0, 1);
  assertMean(xs.map((x) => x ** 2), 1, Math.sqrt(2));
  assertMean(xs.map((x) => x ** 3), 0, Math.sqrt(15));
  assertMean(xs.map((x) => x ** 4), 3, Math.sqrt(96));
  assertMean(xs.slice(1).map((x, i) => x * xs[i]!), 0, 1); // neighbours are independent
  assertMean(draw(20_000, () => random.normal(5, 2)), 5, 2);
});

Deno.test("integer: each in the range is equally frequent, and the upper end never occurs", () => {
  const random = new Random(3);
  const counts = [0, 0, 0];
  for (let i = 0; i < 9000; i++) counts[random.integer(-1, 2) + 1]!++;
  for (const count of counts) assert.ok(Math.abs(count - 3000) < 4 * Math.sqrt(2000), `${counts}`);
});

Deno.test("shuffle: every order is equally frequent, and the list itself does not change", () => {
  const random = new Random(4);
  const list = [1, 2, 3];
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.shuffle(list).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), ["123", "132", "213", "231", "312", "321"]);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 4 * Math.sqrt(1000 * 5 / 6), `${count}`);
  assert.deepEqual(list, [1, 2, 3]);
});

Deno.test("a fork draws independently of its source", () => {
  const [random, same] = [new Random(5), new Random(5)];
  const fork = random.fork();
  same.fork();
  draw(100, () => fork.uniform());
  assert.equal(random.uniform(), same.uniform()); // no matter how much the fork has drawn
  assert.notEqual(fork.uniform(), random.uniform());
});

Deno.test("a source set to another's state draws the same numbers", () => {
  const random = new Random(6);
  random.normal(); // one deviate of the pair is kept
  const other = new Random(7);
  other.state = random.state;
  const next = (source: Random) => [source.normal(), source.normal(), source.uniform(), source.integer(0, 1000)];
  assert.deepEqual(next(other), next(random));

  const before = other.state;
  for (
    const state of [[], [1, 2, 3], [0, 0, 0, 0], [1, 2, 3, 0.5], [1, 2, 3, 2 ** 32], [1, 2, 3, 4, NaN], [
      1,
      2,
      3,
      4,
      5,
      6,
    ]]
  ) {
    assert.throws(() => other.state = state, {
      name: "TypeError",
      message:
        "Cannot set the state of Random, as it must be four integers of 32 bits, not all 0, and at most one deviate: " +
        `[${state.join(", ")}]`,
    });
    assert.deepEqual(other.state, before);
  }
});

Deno.test("no seed is special: the first deviates of 0 and of multiples of 2³² are ordinary", () => {
  const firsts = (seed: number) => {
    const random = new Random(seed);
    return draw(100, () => random.normal());
  };
  for (const seed of [0, -0, 2 ** 32, 2 ** 33, 2 ** 40, -(2 ** 32)]) {
    const xs = firsts(seed);
    assert.ok(xs.every((z) => Math.abs(z) < 5), `${seed}: ${xs}`); // 6 in 10⁷ of all deviates are larger
    assertMean(xs, 0, 1);
  }
  assert.notDeepEqual(firsts(1), firsts(1 + 2 ** 32)); // both halves of the seed count
});

Deno.test("uniform numbers stay below the upper bound even where rounding would reach it", () => {
  const random = new Random(4);
  const next = 1 + Number.EPSILON; // no number lies between the bounds
  assert.ok(draw(100, () => random.uniform(1, next)).every((x) => x === 1));
});

Deno.test("errors", () => {
  const seed = (given: string) => `Cannot seed Random, as "seed" must be ${given}`;
  assert.throws(() => new Random(0.5), { name: "RangeError", message: seed("a whole number: 0.5") });
  assert.throws(() => new Random(undefined as unknown as number), {
    name: "TypeError",
    message: seed("given: a whole number"),
  });
  assert.throws(() => new Random(1).integer(2, 2), {
    name: "RangeError",
    message: 'Cannot draw an integer, as "high" must be a whole number, greater than 2: 2',
  });
  assert.throws(() => new Random(1).integer(0, 1.5), {
    name: "RangeError",
    message: 'Cannot draw an integer, as "high" must be a whole number, greater than 0: 1.5',
  });
  assert.throws(() => new Random(1).uniform(2, 1), {
    name: "RangeError",
    message: 'Cannot draw a uniform number, as "low" must be a finite number, at most 1: 2',
  });
});

Deno.test("what is no state, and a range that is not finite, are refused by name", () => {
  const random = new Random(1);
  for (const state of [null, undefined, 3, "1234", new Map()]) {
    assert.throws(() => random.state = state as unknown as number[], /^TypeError: Cannot set the state of Random, as/);
  }
  const most = Number.MAX_VALUE;
  assert.throws(() => random.uniform(-most, most), /^RangeError: Cannot draw a uniform number, as its range must be/);
});
