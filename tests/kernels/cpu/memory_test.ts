/** Results in the kernels' memory: those that are reachable never change, and the space of the others is reused. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Floats, KernelMemory, sharedMemory } from "../../../kernels/cpu/memory.ts";
import { cpuKernels } from "../../../kernels/cpu/mod.ts";
import { rowMajor } from "../../../kernels/view.ts";
import { noise } from "../../support/views.ts";
import { property } from "../../support/property.ts";

const RESERVED = 1024;
const MIB = 2 ** 20;

function newMemory(): KernelMemory {
  return new KernelMemory(sharedMemory(), RESERVED);
}

/** A result whose numbers are all `value`. */
function make(memory: KernelMemory, length: number, value: number): Floats {
  memory.begin();
  const address = memory.allocateResult(length);
  memory.floats.fill(value, address / 4, address / 4 + length);
  return memory.take(address, length);
}

/** What a program does with its memory. */
type Step = { make: number } | { drop: number } | { allocate: number } | { collect: true };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ make: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.constant(70_000)) }) },
    { weight: 3, arbitrary: fc.record({ drop: fc.nat(1000) }) },
    { weight: 2, arbitrary: fc.record({ allocate: fc.integer({ min: 0, max: 100_000 }) }) },
    { weight: 1, arbitrary: fc.record({ collect: fc.constant(true as const) }) },
  ),
  { maxLength: 60 },
);

property(
  "an array keeps its numbers for as long as it is reachable, whatever else is made and freed",
  steps,
  (steps) => {
    const memory = newMemory();
    const reserved = memory.floats.subarray(0, RESERVED / 4).fill(-1);
    const held: { array: Floats; value: number }[] = [];
    steps.forEach((step, i) => {
      if ("make" in step) held.push({ array: make(memory, step.make, i), value: i });
      else if ("drop" in step) held.splice(step.drop % (held.length + 1), 1);
      else if ("allocate" in step) {
        const address = memory.allocate(step.allocate); // the owner of this space may write there
        memory.floats.fill(NaN, address / 4, address / 4 + step.allocate);
      } else memory.collect();
      for (const { array, value } of held) assert(array.every((x) => x === value), `array ${value} has changed`);
    });
    assert(reserved.every((x) => x === -1), "what is reserved has changed");
  },
);

Deno.test("over thousands of steps the memory grows only to what a few of them need", () => {
  const memory = newMemory();
  const size = MIB / 4; // an array of 1 MiB
  const kept = [make(memory, size, 1), make(memory, size, 2)];
  let most = 0;
  for (let i = 0; i < 2000; i++) {
    kept[i % 2] = make(memory, size + i % 7, i);
    memory.allocate(10_000);
    most = Math.max(most, memory.bytes);
  }
  assert.deepEqual(kept.map((array) => array[0]), [1998, 1999]);
  assert(most < 700 * MIB, `there were ${most / MIB} MiB, for 512 MiB between two collections`);
});

Deno.test("a place becomes free when its array is unreachable, and not before", () => {
  const memory = newMemory();
  const first = make(memory, 5000, 1);
  (() => make(memory, 5000, 2))();
  const third = make(memory, 5000, 3);
  memory.collect();
  const fourth = make(memory, 5000, 4);
  assert(first.byteOffset < fourth.byteOffset && fourth.byteOffset < third.byteOffset, "the gap was not taken");
});

Deno.test("temporaries last until the next call, even if there are more than ever before", () => {
  const memory = newMemory();
  memory.begin();
  const lengths = [10, 20_000, 3, 400_000, 2_000_000];
  const addresses = lengths.map((length, i) => {
    const address = memory.allocate(length);
    memory.floats.fill(i, address / 4, address / 4 + length);
    return address;
  });
  addresses.forEach((address, i) => {
    const numbers = memory.floats.subarray(address / 4, address / 4 + lengths[i]!);
    assert(numbers.every((x) => x === i), `temporary ${i} has changed`);
  });
  const { bytes } = memory;
  for (let i = 0; i < 100; i++) {
    memory.begin();
    memory.allocate(2_000_000);
  }
  assert.equal(memory.bytes, bytes);
});

Deno.test("after each array there is room for one more vector, which nothing else uses", () => {
  const memory = newMemory();
  for (let length = 1024; length < 1060; length++) { // sizes before, at and after the end of a cache line
    memory.begin();
    const [a, b] = [memory.allocate(length), memory.allocate(length)];
    const [c, d] = [memory.allocateResult(length), memory.allocateResult(length)];
    for (const gap of [b - a, d - c]) assert(gap >= 4 * length + 16 || gap < 0, `${gap} bytes for ${length} numbers`);
    for (const address of [a, b, c, d]) assert(address + 4 * length + 16 <= memory.bytes, "it ends behind the memory");
  }
});

Deno.test("arrays stay on a memory that has grown; those on the heap, or elsewhere, are not on it", () => {
  const [memory, other] = [newMemory(), newMemory()];
  const early = make(memory, 2000, 1);
  const before = memory.bytes;
  make(memory, 10 * MIB, 2);
  assert(memory.bytes > before);
  assert.equal(memory.addressOf(early), early.byteOffset);
  assert.equal(memory.addressOf(new Float32Array(2000)), undefined);
  assert.equal(memory.addressOf(make(other, 2000, 3)), undefined);
  assert.equal(memory.addressOf(make(memory, 10, 4)), undefined, "few numbers stay on the heap");
});

Deno.test("when memory runs out, unreachable arrays are reused at once, but not those that the call reads or makes", () => {
  const memory = new KernelMemory(new WebAssembly.Memory({ initial: 1, maximum: 64, shared: true }), RESERVED);
  const quarter = MIB / 4; // of the 4 MiB available
  for (let i = 0; i < 2; i++) make(memory, quarter, i);
  const address = (() => memory.addressOf(make(memory, quarter, 3))!)(); // an operand that is no longer reachable
  const room = memory.allocateResult(2000);
  memory.floats.fill(4, room / 4, room / 4 + 2000);
  for (const length of [quarter * 1.5, quarter * 0.8]) { // where the first two were, and after all others
    const temporary = memory.allocate(length);
    memory.floats.fill(NaN, temporary / 4, temporary / 4 + length);
  }
  assert(memory.floats.subarray(address / 4, address / 4 + quarter).every((x) => x === 3), "the operand has changed");
  assert(memory.take(room, 2000).every((x) => x === 4), "the result has changed");
  assert.throws(() => memory.allocate(quarter * 1.25), /^RangeError: Cannot compute on the cpu device/);
  assert.equal(make(memory, 5000, 1)[4999], 1);
});

Deno.test("arrays for which there is no memory left are on the heap", () => {
  const memory = new KernelMemory(new WebAssembly.Memory({ initial: 1, maximum: 64, shared: true }), RESERVED);
  const arrays = Array.from({ length: 6 }, () => memory.makeArray(MIB / 4));
  assert.deepEqual(arrays.map((array) => memory.addressOf(array) === undefined), [
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
});

Deno.test("a call that needs more than 4 GiB is an error that says so, and the next call is right", () => {
  const memory = newMemory();
  memory.begin();
  assert.throws(
    () => memory.allocate(2 ** 30),
    /^RangeError: Cannot compute on the cpu device, as its 4 GiB have no room/,
  );
  assert.equal(make(memory, 5000, 1)[4999], 1);
});

Deno.test("numbers read from a storage belong to the caller", () => {
  const k = cpuKernels({ threads: 1 });
  const storage = k.unary("neg", { storage: k.write(noise(5000, 1)), ...rowMajor([5000]) });
  const before = k.read(storage);
  k.read(storage).fill(7);
  assert.deepEqual(k.read(storage), before);
  assert(before.buffer instanceof ArrayBuffer);
});
