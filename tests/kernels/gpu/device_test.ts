/** The gpu device as a whole: choosing an engine, and what happens when something goes wrong. */

import assert from "node:assert/strict";
import { deviceInfo, Tensor, useDevice } from "../../../mod.ts";
import { Bridge } from "../../../kernels/gpu/bridge.ts";
import { Gpu } from "../../../kernels/gpu/gpu.ts";
import { gpuKernels } from "../../../kernels/gpu/mod.ts";
import type { Program } from "../../../kernels/gpu/program.ts";
import { contiguous } from "../../../kernels/view.ts";
import { gpuDevices } from "../../support/gpu.ts";

const devices = await gpuDevices();

const ROOT = new URL("../../../", import.meta.url);

/** Runs a separate program with the exports of `mod.ts` in scope, and returns its output. */
async function run(program: string, env: Record<string, string> = {}): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      file,
      `import * as nabla from "${ROOT}mod.ts"; const { Tensor, useDevice } = nabla;\n${program}`,
    );
    const args = ["run", "-A", "--no-check", `--config=${new URL("deno.json", ROOT).pathname}`, file];
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), { args, env }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).trim();
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("webgpu is rejected if no adapter answers; the default is then webasm", async () => {
  const program = `
    await useDevice("gpu", { engine: "webgpu" }).catch((error) => console.log(error.message));
    console.log(nabla.deviceInfo().device, (await useDevice("gpu")).engine);
  `;
  // a graphics system that does not exist on this operating system
  const printed = await run(program, { DENO_WEBGPU_BACKEND: Deno.build.os === "windows" ? "metal" : "dx12" });
  assert.equal(
    printed,
    'Cannot use the device "gpu" with the engine "webgpu": no graphics adapter answers WebGPU\ncpu webasm',
  );
});

Deno.test("gpu.js is loaded only when the gpu device is used", async () => {
  const program = `
    import { createRequire } from "node:module";
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes("gpu.js"));
    console.log(loaded());
  `;
  assert.equal(await run(program), "false");
});

for (const { engine } of devices) {
  Deno.test(`useDevice returns the engine that runs: ${engine.engine}`, async () => {
    const info = await useDevice("gpu", { engine: engine.engine as "cpu" }); // or another of its names
    assert.deepEqual(info, { device: "gpu", precision: "float32", ...engine });
    assert.deepEqual(deviceInfo(), info);
    if (engine.engine === "webgpu") assert.ok(engine.adapter !== undefined && engine.adapter.length > 0);
    assert.equal(engine.software === undefined, engine.engine !== "webgpu");
    assert.deepEqual(Tensor.from([1, 2]).add(1).toArray(), [2, 3]);
    await useDevice("reference");
  });
}

Deno.test("useDevice without an engine takes hardware, or else webasm", async () => {
  const { engine, software } = await useDevice("gpu");
  assert.ok(engine === "webasm" || (engine === "webgpu" && !software));
  await useDevice("reference");
});

Deno.test("an engine that does not exist is rejected, and the device in use stays", async () => {
  await assert.rejects(useDevice("gpu", { engine: "cuda" as "cpu" }), {
    name: "RangeError",
    message: 'Cannot use a device, as the option "engine" must be "webgpu" or "webasm" or "cpu": "cuda"',
  });
  assert.equal(deviceInfo().device, "reference");
});

Deno.test("each engine has one device, even for two calls at once, and a new one after it has ended", async () => {
  const program = `
    import { openGpu } from "${ROOT}kernels/gpu/open.ts";
    const ask = () => openGpu({ engine: "cpu" });
    const [a, b] = await Promise.all([ask(), ask()]);
    console.log(a === b, a === await ask());
    await a.close();
    const [c, d] = await Promise.all([ask(), ask()]);
    console.log(a === c, c === d, c.read(c.full(1, 7))[0]);
  `;
  assert.equal(await run(program), "true true\nfalse true 7");
});

/** A program that no engine can translate. */
const BROKEN: Program = { source: "function (a) { return a[nothing]; }", parameters: { a: "Array" }, tile: false };

for (const { engine: { engine } } of devices) {
  const open = async () => await Bridge.open(engine as "cpu"); // or another of its names

  Deno.test(`a program ends on its own, even if it fails (${engine})`, async () => {
    const program = `
      await useDevice("gpu", { engine: "${engine}" });
      console.log(Tensor.ones([300, 5]).matmul(Tensor.ones([5, 300])).sum().item());
    `;
    assert.equal(await run(program), "450000");
    await assert.rejects(run(`${program}; throw new Error("as planned")`), /as planned/);
  });

  Deno.test(`an error in a kernel surfaces at the read, with the operation and its shapes (${engine})`, async () => {
    const bridge = await open();
    const gpu = new Gpu(bridge);
    const a = contiguous(gpu.write([1, 2, 3, 4, 5, 6]), [2, 3]);
    const fine = gpu.during("copy", [a], () => gpu.map("x", { x: a }));
    const failed = gpu.during("unary", ["exp", a], () => gpu.launch(BROKEN, [6], { a: fine }));
    const after = gpu.during("binary", ["add", a, a], () => gpu.map("x + y", { x: a, y: contiguous(failed, [2, 3]) }));
    const message = new RegExp(
      `^Cannot compute unary exp of \\[2, 3\\] on the gpu device \\(${engine}\\): .* is not defined`,
    );
    assert.throws(() => gpu.read(failed), { name: "Error", message });
    assert.throws(() => gpu.read(after), { message }, "what is computed from it has the same error");
    assert.deepEqual([...gpu.read(fine)], [1, 2, 3, 4, 5, 6], "the rest goes on");
    await bridge.close();
  });

  Deno.test(`a kernel whose first call needs too much memory works afterwards (${engine})`, async () => {
    const bridge = await open();
    const kernels = gpuKernels(bridge);
    const column = (...numbers: number[]) => contiguous(kernels.write(numbers), [numbers.length, 1]);
    const row = (...numbers: number[]) => contiguous(kernels.write(numbers), [1, numbers.length]);
    const long = column(...new Array<number>(2 ** 16).fill(1));
    // 16 GiB are more than any graphics adapter binds at once, and more than the other engines may allocate
    const product = kernels.matmul(long, { ...long, shape: [1, 2 ** 16], strides: [1, 1] });
    const first = kernels.copy({ ...contiguous(product, [1]) });
    const message = new RegExp(
      `^Cannot compute matmul of \\[65536, 1\\] and \\[1, 65536\\] on the gpu device \\(${engine}\\): ` +
        "an array of 4294967296 numbers is larger than its limit of \\d+$",
    );
    assert.throws(() => kernels.read(first), { message });
    assert.deepEqual([...kernels.read(kernels.matmul(column(1, 2), row(3, 4)))], [3, 4, 6, 8]);
    await bridge.close();
  });

  Deno.test(`a terminated worker is an error at the next read (${engine})`, async () => {
    const bridge = await open();
    const kernels = gpuKernels(bridge);
    const x = { ...contiguous(kernels.full(256 * 256, 1) as never, [256, 256]) };
    for (let i = 0; i < 10; i++) kernels.matmul(x, x); // still running when it is terminated
    const out = kernels.matmul(x, x);
    const closed = bridge.close();
    const message = new RegExp(`Cannot read 65536 numbers from the gpu device \\(${engine}\\): its worker has ended`);
    assert.throws(() => kernels.read(out), { name: "Error", message });
    assert.throws(() => kernels.read(kernels.unary("exp", x)), { message });
    assert.equal(kernels.alive, false);
    await closed;
  });

  Deno.test(`a worker that fails while the program waits for it wakes the program with an error (${engine})`, async () => {
    const bridge = await open();
    bridge.post({ type: "launch", program: 7, out: 0, grid: [1], args: [], purpose: "a program that was never told" });
    assert.throws(() => bridge.read(0, 1), /its worker has ended/);
    await bridge.close();
  });
}

Deno.test({
  name: "a graphics device that is lost ends in an error",
  ignore: !devices.some(({ engine: { engine } }) => engine === "webgpu"), // as in the tests above
  fn: async () => {
    const program = `
      import { Engine } from "${ROOT}kernels/gpu/engine.ts";
      import { loadGpuJs } from "${ROOT}kernels/gpu/load.ts";
      const engine = await Engine.open("webgpu");
      const buffer = await engine.upload(Float32Array.of(1, 2));
      console.log((await engine.download(buffer, 2))[1]);
      await (await loadGpuJs()).WebGPUContext.destroy();
      await new Promise((resolve) => setTimeout(resolve, 0)); // the loss arrives as an event
      const program = { source: "function () { return 1; }", parameters: {}, tile: false };
      for (const attempt of [() => engine.run(program, [2], []), () => engine.download(buffer, 2)]) {
        await attempt().then(() => console.log("no error"), (error) => console.log(error.message));
      }
      console.log(engine.broken);
    `;
    assert.match(await run(program), /^2\n(the graphics device was lost: .*\n){2}true$/);
  },
});
