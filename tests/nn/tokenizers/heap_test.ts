import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Heap } from "../../../nn/tokenizers/heap.ts";
import { property } from "../../support/property.ts";

property("items come out in order, with pushes and pops mixed", fc.array(fc.option(fc.nat(20))), (steps) => {
  const heap = new Heap<number>((a, b) => a < b);
  const list: number[] = []; // the model, sorted
  for (const step of steps) {
    if (step === null) assert.equal(heap.pop(), list.shift());
    else {
      heap.push(step);
      list.push(step);
      list.sort((a, b) => a - b);
    }
  }
  for (const item of list) assert.equal(heap.pop(), item);
  assert.equal(heap.pop(), undefined);
}, 300);
