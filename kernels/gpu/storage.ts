/**
 * The calling thread's handles for numbers on the device. When a handle becomes unreachable, its memory is freed.
 *
 * A FinalizationRegistry runs only between turns of the event loop, and a training loop without `await` never gets there.
 * So all handles are also checked now and then through weak references (garbage.ts says what that takes).
 */

import type { Storage } from "../kernels.ts";
import { collectGarbage, endJob } from "../garbage.ts";

/** A handle of numbers on the device. */
export class GpuStorage implements Storage {
  constructor(readonly id: number, readonly length: number) {}
}

/** Handles are checked after as many new handles or numbers as the last check kept, and at least after these. */
const BUFFERS = 1024;
const NUMBERS = 2 ** 23; // 32 MiB

/** All storages of a device that the program may still reach. */
export class Storages {
  readonly #free: (ids: number[]) => void;
  readonly #live = new Map<number, { readonly reference: WeakRef<GpuStorage>; readonly length: number }>();
  readonly #registry = new FinalizationRegistry<number>((id) => this.#release([id]));
  #next = 0;
  #made = { buffers: 0, numbers: 0 };
  #kept = { buffers: 0, numbers: 0 };

  /** `free` receives the storages that are no longer reachable. */
  constructor(free: (ids: number[]) => void) {
    this.#free = free;
  }

  /** The number of storages. */
  get count(): number {
    return this.#live.size;
  }

  /** A new handle of so many numbers. */
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

  /** Frees all that is no longer reachable. */
  sweep(): void {
    endJob();
    collectGarbage();
    this.#release([...this.#live].filter(([, { reference }]) => reference.deref() === undefined).map(([id]) => id));
    this.#made = { buffers: 0, numbers: 0 };
    this.#kept = { buffers: this.#live.size, numbers: 0 };
    for (const { length } of this.#live.values()) this.#kept.numbers += length;
  }

  #release(ids: number[]): void {
    const released = ids.filter((id) => this.#live.delete(id)); // the registry and a sweep may both find the same one
    if (released.length > 0) this.#free(released);
  }
}
