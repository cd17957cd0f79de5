import type { Tensor } from "../../autograd/tensor.ts";

/**
 * Keys and values of the positions that a layer of attention has seen, so that generating one more token computes one
 * more position, not all of them again.
 */
export class KeyValueCache {
  #keys: Tensor | undefined; // [B, G, S, D]
  #values: Tensor | undefined;

  /** How many positions it holds. */
  get length(): number {
    return this.#keys?.shape.at(-2) ?? 0;
  }

  /** Adds keys and values `[B, G, T, D]` of the next T positions; returns those of all positions so far. */
  append(keys: Tensor, values: Tensor): [keys: Tensor, values: Tensor] {
    this.#keys = this.#keys === undefined ? keys : this.#keys.concat(keys, -2);
    this.#values = this.#values === undefined ? values : this.#values.concat(values, -2);
    return [this.#keys, this.#values];
  }
}
