/**
 * A priority queue, as a binary heap: `pop` returns the item that comes first, in `log n` steps.
 *
 * @example
 * ```ts
 * import { Heap } from "nabla/nn/tokenizers/heap.ts";
 * import assert from "node:assert/strict";
 *
 * const heap = new Heap<number>((a, b) => a < b);
 * for (const x of [3, 1, 2]) heap.push(x);
 * assert.deepEqual([heap.pop(), heap.pop(), heap.pop(), heap.pop()], [1, 2, 3, undefined]);
 * ```
 */
export class Heap<T> {
  readonly #items: T[] = []; // the children of item i are 2i + 1 and 2i + 2, and neither comes before it

  /** @param before Whether one item comes before another. */
  constructor(private readonly before: (a: T, b: T) => boolean) {}

  push(item: T): void {
    const items = this.#items;
    let i = items.length;
    while (i > 0) { // its parent moves down for as long as the new item comes before it
      const parent = (i - 1) >> 1;
      if (!this.before(item, items[parent]!)) break;
      items[i] = items[parent]!;
      i = parent;
    }
    items[i] = item;
  }

  /** The first item, now removed; `undefined` if there is none. */
  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let i = 0; // the last item takes the place of the first, and the children that come before it move up
    for (let child = 1; child < items.length; child = 2 * i + 1) {
      if (child + 1 < items.length && this.before(items[child + 1]!, items[child]!)) child++;
      if (!this.before(items[child]!, last)) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = last;
    return first;
  }
}
