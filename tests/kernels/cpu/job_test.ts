/** How threads agree on a job, simulated on one thread. */

import assert from "node:assert/strict";
import { blackboard, jobProtocol, type Kernel } from "../../../kernels/cpu/job.ts";

const { announce, dismiss, serve, takeShare, waitForAll } = jobProtocol();

/** A blackboard, and a kernel that records its calls. */
function setUp() {
  const board = blackboard(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }));
  const calls: number[][] = [];
  const kernels: Kernel[] = [() => {}, (...args) => calls.push(args)];
  return { board, calls, kernels };
}

Deno.test("a thread takes every chunk that no other has taken, with the job's arguments", () => {
  const { board, calls, kernels } = setUp();
  announce(board, 1, 1, [10, 0.5], 3);
  takeShare(board, kernels, 1, 7);
  assert.deepEqual(calls, [[10, 0.5, 0, 7], [10, 0.5, 1, 7], [10, 0.5, 2, 7]]);
  assert.equal(waitForAll(board, 50), "done");
});

Deno.test("a late thread takes nothing of its job or the next", () => {
  const { board, calls, kernels } = setUp();
  announce(board, 1, 1, [10], 1);
  takeShare(board, kernels, 1, 0);
  takeShare(board, kernels, 1, 1); // there is nothing left
  announce(board, 2, 1, [20], 1);
  takeShare(board, kernels, 1, 1); // this is another job
  assert.deepEqual(calls, [[10, 0, 0]]);
  takeShare(board, kernels, 2, 0);
  assert.deepEqual(calls, [[10, 0, 0], [20, 0, 0]]);
});

Deno.test("a chunk that is taken but never done counts as lost once the patience is over", () => {
  const { board, calls, kernels } = setUp();
  announce(board, 1, 1, [], 3);
  const vanishing: Kernel = () => {
    throw new Error("the thread is gone");
  };
  assert.throws(() => takeShare(board, [vanishing, vanishing], 1, 1)); // takes chunk 0, and does not report it done
  takeShare(board, kernels, 1, 0);
  assert.deepEqual(calls, [[1, 0], [2, 0]]);
  assert.equal(waitForAll(board, 20), "lost");
});

Deno.test("a worker's error is a failure", () => {
  const { board, kernels } = setUp();
  const failing: Kernel = () => {
    throw new Error("a trap");
  };
  announce(board, 1, 1, [], 2);
  assert.throws(() => serve(board, [failing, failing], 1), /a trap/);
  takeShare(board, kernels, 1, 0);
  assert.equal(waitForAll(board, 20), "failed");
});

Deno.test("a dismissed worker returns", () => {
  const { board, calls, kernels } = setUp();
  announce(board, 1, 1, [], 2);
  dismiss(board);
  serve(board, kernels, 1);
  assert.deepEqual(calls, []);
});
