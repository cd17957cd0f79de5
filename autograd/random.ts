// deno-lint-ignore-file no-import-prefix -- a name of deno.json holds in this folder alone; mod.ts is used elsewhere too
import { mix } from "../kernels/dropout.ts";
import { uniformFloat64 } from "npm:pure-rand@8.4.2/distribution/uniformFloat64";
import { uniformInt } from "npm:pure-rand@8.4.2/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "npm:pure-rand@8.4.2/generator/xoroshiro128plus";

/**
 * A source of random numbers that gives the same ones for the same seed, on every machine.
 *
 * Whatever draws at random in nabla is handed one of these; there is no hidden global one.
 * The generator is xoroshiro128+ of the package pure-rand.
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
   * @param seed An integer; any two seeds that agree in their last 32 bits are the same.
   * @throws {TypeError} If it is not an integer.
   */
  constructor(readonly seed: number) {
    if (!Number.isInteger(seed)) {
      throw new TypeError(`Cannot seed Random, as a seed must be an integer: ${String(seed)}`);
    }
    this.#generator = xoroshiro128plus(mix(seed)); // unscrambled, seeds 8 apart draw numbers that go together
  }

  /** A number from `low`, included, to `high`, excluded; from 0 to 1 if none is given. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * uniformFloat64(this.#generator);
  }

  /** A normal deviate: mean 0 and variance 1, if none is given (Box and Muller's method, 1958). */
  normal(mean = 0, deviation = 1): number {
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
   * An integer from `low`, included, to `high`, excluded.
   *
   * @throws {RangeError} If there is none.
   */
  integer(low: number, high: number): number {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
      throw new RangeError(`Cannot draw an integer, as low must be less than high, both integers: ${low} and ${high}`);
    }
    return uniformInt(this.#generator, low, high - 1);
  }

  /** A copy of a list in random order, every order as likely as every other (Fisher and Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(0, i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }

  /** A source of its own, seeded from this one: handed to a part, it keeps the part's draws apart from the rest. */
  fork(): Random {
    return new Random(uniformInt(this.#generator, -0x80000000, 0x7fffffff));
  }

  /**
   * Where the source stands: set to another's state, it draws what that one is about to draw, as when training goes on
   * from a file. Four integers of 32 bits, and a normal deviate if one is kept for the next call.
   *
   * @throws {TypeError} If it is set to anything else; the source stays where it stands.
   */
  get state(): readonly number[] {
    return [...this.#generator.getState(), ...(this.#spare === undefined ? [] : [this.#spare])];
  }

  set state(state: readonly number[]) {
    const [words, spare] = [state.slice(0, 4), state[4]];
    const sound = words.length === 4 && words.every((word) => word === (word | 0)) &&
      words.some((word) => word !== 0) &&
      state.length <= 5 && (spare === undefined || Number.isFinite(spare));
    if (!sound) {
      throw new TypeError(
        `Cannot set the state of Random, as it must be four integers of 32 bits, not all 0, and at most one deviate: [${state}]`,
      );
    }
    this.#generator = xoroshiro128plusFromState(words);
    this.#spare = spare;
  }
}
