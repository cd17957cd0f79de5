/**
 * The calling thread's names for numbers on the device, and giving memory back when a name is no longer reachable.
 *
 * A FinalizationRegistry hears of it only between two turns of the event loop, and a training loop without `await` has
 * none: there, all names are looked through now and then with weak references (garbage.ts says what that takes).
 */

import type { Storage } from "../kernels.ts";
import { collectGarbage, endJob } from "../garbage.ts";

/** Numbers on the device. */
export class GpuStorage implements Storage {
  constructor(readonly id: number, readonly length: number) {}
}

/** Storages are looked through when so many more have been made, or so many more numbers, or as many as were kept. */
const BUFFERS = 1024;
const NUMBERS = 2 ** 23; // 32 MiB

/** All storages of a device that the program can still reach. */
export class Storages {
  readonly #free: (ids: number[]) => void;
  readonly #live = new Map<number, { readonly reference: WeakRef<GpuStorage>; readonly length: number }>();
  readonly #registry = new FinalizationRegistry<number>((id) => this.#release([id]));
  #next = 0;
  #made = { buffers: 0, numbers: 0 };
  #kept = { buffers: 0, numbers: 0 };

  /** `free` is told which ones are no longer reachable. */
  constructor(free: (ids: number[]) => void) {
    this.#free = free;
  }

  /** How many there are. */
  get count(): number {
    return this.#live.size;
  }

  /** A name for so many numbers. */
  make(length: number): GpuStorage {
    this.#made.buffers++;
    this.#made.numbers += length;
    const { buffers, numbers } = this.#made;
    if (buffers > Math.max(BUFFERS, this.#kept.buffers) || numbers > Math.max(NUMBERS, this.#kept.numbers)) {
      this.sweep();
    }
    const storage = new GpuStorage(this.#next++, length);
    this.#live.set(storage.id, { reference: new WeakRef(storage), length });
    this.#registry.register(storage, storage.id);
    return storage;
  }

  /** Gives back what is no longer reachable. */
  sweep(): void {
    endJob();
    collectGarbage();
    this.#release([...this.#live].filter(([, { reference }]) => reference.deref() === undefined).map(([id]) => id));
    this.#made = { buffers: 0, numbers: 0 };
    this.#kept = { buffers: this.#live.size, numbers: 0 };
    for (const { length } of this.#live.values()) this.#kept.numbers += length;
  }

  #release(ids: number[]): void {
    const released = ids.filter((id) => this.#live.delete(id)); // the registry and a sweep may both find one
    if (released.length > 0) this.#free(released);
  }
}
