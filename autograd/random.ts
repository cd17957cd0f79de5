// deno-lint-ignore-file no-import-prefix -- a name of deno.json holds in this folder alone; mod.ts is used elsewhere too
import { checkArguments, number, real, required, show, that, whole } from "../checks/mod.ts";
import { mixBits } from "../kernels/mix_bits.ts";
import { uniformFloat64 } from "npm:pure-rand@8.4.2/distribution/uniformFloat64";
import { uniformInt } from "npm:pure-rand@8.4.2/distribution/uniformInt";
import { xoroshiro128plusFromState } from "npm:pure-rand@8.4.2/generator/xoroshiro128plus";

/**
 * A random number generator that draws the same numbers for the same seed on every machine.
 *
 * Everything in nabla that draws random numbers takes one of these; there is no hidden global generator.
 * The algorithm is xoroshiro128+ of the package pure-rand.
 *
 * @example
 * ```ts
 * import { Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * assert.equal(new Random(7).uniform(), new Random(7).uniform());
 * assert.deepEqual(new Random(7).shuffle([1, 2, 3]).sort(), [1, 2, 3]);
 * ```
 */
export class Random {
  #generator;
  #spare: number | undefined; // normal deviates come in pairs

  /**
   * Makes a generator from a seed.
   *
   * @param seed An integer; different seeds give unrelated numbers.
   * @throws {TypeError} If it is not a number.
   * @throws {RangeError} If it is not an integer.
   */
  constructor(readonly seed: number) {
    checkArguments("seed Random", arguments, { seed: required(whole()) });
    this.#generator = xoroshiro128plusFromState(stateOf(seed));
  }

  /**
   * A number from `low` (included) to `high` (excluded). Default: from 0 to 1.
   *
   * @throws {RangeError} If `low` or `high` is not finite, or `low` is greater than `high`.
   */
  uniform(low = 0, high = 1): number {
    const u = uniformFloat64(this.#generator);
    if (arguments.length === 0) return u;
    checkArguments("draw a uniform number", arguments, { low: real({ max: high }), high: real() });
    if (high - low === Infinity) {
      throw new RangeError(`Cannot draw a uniform number, as its range must be finite: from ${low} to ${high}`);
    }
    const x = low + (high - low) * u;
    return x < high ? x : low; // rounding may reach `high`
  }

  /** A normal deviate (Box and Muller, 1958). Default: mean 0 and standard deviation 1. */
  normal(mean = 0, deviation = 1): number {
    if (arguments.length > 0) {
      checkArguments("draw a normal number", arguments, { mean: number, deviation: real({ min: 0 }) });
    }
    let z = this.#spare;
    this.#spare = undefined;
    if (z === undefined) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform())); // 1 − u is never 0
      const angle = 2 * Math.PI * this.uniform();
      z = radius * Math.cos(angle);
      this.#spare = radius * Math.sin(angle);
    }
    return mean + deviation * z;
  }

  /**
   * An integer from `low` (included) to `high` (excluded).
   *
   * @throws {RangeError} If the range is empty, or a bound is not an integer.
   */
  integer(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low >= high || arguments.length > 2) {
      checkArguments("draw an integer", arguments, { low: required(whole()), high: required(whole({ above: low })) });
    }
    return uniformInt(this.#generator, low, high - 1);
  }

  /** A copy of a list in random order, every order equally likely (Fisher and Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    checkArguments("shuffle", arguments, { list: required(that("a list", Array.isArray)) });
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(0, i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }

  /** A new generator, seeded from this one: code that draws from it does not change what the rest draws. */
  fork(): Random {
    checkArguments("fork Random", arguments, {});
    return new Random(uniformInt(this.#generator, -0x80000000, 0x7fffffff));
  }

  /**
   * The state: four integers of 32 bits, and a normal deviate if one is kept for the next call. A generator set to
   * another's state draws the same numbers from then on, as when training resumes from a file.
   *
   * @throws {TypeError} If it is set to anything else; the state stays as it was.
   */
  get state(): readonly number[] {
    return [...this.#generator.getState(), ...(this.#spare === undefined ? [] : [this.#spare])];
  }

  set state(state: readonly number[]) {
    const [words, spare] = Array.isArray(state) ? [state.slice(0, 4), state[4]] : [[], undefined];
    const sound = words.length === 4 && words.every((word) => word === (word | 0)) &&
      words.some((word) => word !== 0) &&
      state.length <= 5 && (spare === undefined || Number.isFinite(spare));
    if (!sound) {
      throw new TypeError(
        `Cannot set the state of Random, as it must be four integers of 32 bits, not all 0, and at most one deviate: ${
          show(state)
        }`,
      );
    }
    this.#generator = xoroshiro128plusFromState(words);
    this.#spare = spare;
  }
}

/** The initial state: each word scrambles another step of a counter, so that no seed is special, not even 0. */
function stateOf(seed: number): number[] {
  let counter = (seed >>> 0) ^ mixBits(Math.floor(seed / 2 ** 32)); // the low and the high half of the seed
  return Array.from({ length: 4 }, () => {
    counter = (counter + 0x9e3779b9) >>> 0; // the golden ratio's fraction, in 32 bits
    return mixBits(counter) | 0;
  });
}
