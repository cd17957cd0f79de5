import { sameShape, showShape } from "../../autograd/shape.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, required, size } from "../../checks/mod.ts";
import { input } from "../rules.ts";

const appending = { keys: input, values: input };
const repeating = { n: required(size) };

/**
 * The keys and values of the positions that an attention layer has seen, so that generating a token computes only one
 * more position.
 *
 * @example
 * ```ts
 * import { nn, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const cache = new nn.KeyValueCache();
 * const one = Tensor.ones([1, 2, 1, 4]); // [B, G, T, D]
 * cache.append(one, one);
 * const [keys] = cache.append(one, one);
 * assert.deepEqual([cache.length, keys.shape], [2, [1, 2, 2, 4]]);
 * ```
 */
export class KeyValueCache {
  #keys: Tensor | undefined; // [B, G, S, D]
  #values: Tensor | undefined;

  /** The number of positions in the cache. */
  get length(): number {
    return this.#keys?.shape.at(-2) ?? 0;
  }

  /**
   * Adds keys and values `[B, G, T, D]` of the next T positions; returns those of all positions so far.
   *
   * @throws {TypeError} If the shapes do not fit; the cache stays as it was then.
   */
  append(keys: Tensor, values: Tensor): [keys: Tensor, values: Tensor] {
    checkArguments("append to a cache", arguments, appending);
    const [k, v] = [keys.shape, values.shape];
    if (k.length < 2 || v.length < 2 || !sameShape(k.slice(0, -1), v.slice(0, -1))) {
      throw new TypeError(
        "Cannot append to a cache, as keys and values must be [B, G, T, D] of the same B, G and T: " +
          `${showShape(k)} and ${showShape(v)}`,
      );
    }
    // Both are computed before either is kept, so a wrong shape leaves the cache unchanged.
    const next: [Tensor, Tensor] = [this.#keys?.concat(keys, -2) ?? keys, this.#values?.concat(values, -2) ?? values];
    [this.#keys, this.#values] = next;
    return next;
  }

  /**
   * A cache for n sequences with a common beginning, from that of one, so that the beginning is read only once.
   *
   * @throws {TypeError} If it holds more than one sequence.
   */
  repeat(n: number): KeyValueCache {
    checkArguments("repeat a cache", arguments, repeating);
    const widen = (x: Tensor) => x.expand([n, ...x.shape.slice(1)]); // [1, G, S, D] → [n, G, S, D]
    const repeated = new KeyValueCache();
    repeated.#keys = this.#keys && widen(this.#keys);
    repeated.#values = this.#values && widen(this.#values);
    return repeated;
  }
}
