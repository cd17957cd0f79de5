import assert from "node:assert/strict";
import type { Thread } from "../../../kernels/gpu/program.ts";
import { display, translation } from "../../../notebooks/lib/mod.ts";

function total(this: Thread, rows: number[], width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += rows[this.thread.x * width + i]!;
  return sum;
}
const kinds = { rows: "Array", width: "Integer" } as const;
const ones = (n: number) => new Float32Array(n).fill(1);

Deno.test("a translation has the code that ran, and what it computed", async () => {
  const { engine, code, result } = await translation(total, { output: [2], argumentTypes: kinds }, [
    Float32Array.of(1, 2, 3, 4, 5, 6),
    3,
  ], "cpu");
  assert.equal(engine, "cpu");
  assert.deepEqual(result, Float32Array.of(6, 15));
  assert.match(code, /for \(let x = 0; x < outputX; x\+\+\) {\n {4}this\.thread\.x = x;/); // the loop that the threads are
});

Deno.test("a translation shows its engine and its code, safely in HTML", async () => {
  const shown = (await translation(total, { output: [2], argumentTypes: kinds }, [ones(6), 3], "cpu"))[display]();
  assert.match(String(shown["text/plain"]), /^gpu\.js, engine cpu: JavaScript, loops included\n/);
  assert.match(String(shown["text/html"]), /x &lt; outputX/);
});

Deno.test("gpu.js ends a loop after 1,000 rounds, unless it is told another number", async () => {
  const settings = { output: [1], argumentTypes: kinds };
  const run = async (settings: Parameters<typeof translation>[1]) =>
    (await translation(total, settings, [ones(1500), 1500], "cpu")).result;
  assert.deepEqual(await run(settings), Float32Array.of(1000));
  assert.deepEqual(await run({ ...settings, loopMaxIterations: 2000 }), Float32Array.of(1500));
});

const adapter = await navigator.gpu?.requestAdapter();

Deno.test("an engine that is not there is refused, and WGSL is shown where a graphics adapter answers", async () => {
  const wanted = () => translation(total, { output: [2], argumentTypes: kinds }, [ones(6), 3], "webgpu");
  if (!adapter) return await assert.rejects(wanted());
  const { code, result } = await wanted();
  assert.deepEqual(result, Float32Array.of(3, 3));
  assert.match(code, /^ {2}var user_sum : f32 = 0\.0;$/m);
});
