/** One engine of gpu.js, and checks that it is the one that runs. This module runs in the worker. */

import { loadGpuJs } from "./load.ts";
import type { EngineInfo } from "../kernels.ts";
import { FUNCTIONS, withExactTests } from "./functions.ts";
import type { EngineName, Program } from "./program.ts";

/** Numbers on the graphics adapter, as gpu.js returns them. */
interface Handle {
  readonly buffer: GPUBuffer;
  readonly kernel: unknown;
  toArray(): Promise<Float32Array<ArrayBuffer>>;
  delete(): void;
}

/** Numbers where the engine keeps them: on the adapter, or on the heap for engines that run on the processor. */
export type Buffer = Float32Array<ArrayBuffer> | Handle;

/** A kernel that gpu.js has made. */
interface Compiled {
  (...args: (number | Buffer)[]): Promise<unknown>;
  setOutput(grid: readonly number[]): void;
  /** The kernel that really runs: gpu.js may replace it by one of another engine. */
  readonly kernel: {
    readonly constructor: { readonly mode: string };
    readonly fallbackReason: string | null;
    /** How many WebAssembly modules are kept, one for each combination of sizes. */
    moduleCacheLimit?: number;
  };
}

/** The part of gpu.js that is used here. Its own type declarations leave out the WebGPU classes. */
interface GpuJs {
  readonly GPU: new (settings: { mode: EngineName }) => {
    addFunction(source: string): void;
    createKernel(source: string, settings: Record<string, unknown>): Compiled;
  };
  readonly WebGPUContext: { acquire(): Promise<Context> };
  readonly WebGPUBufferResult: new (settings: Record<string, unknown>) => Handle;
}

interface Context {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
}

/** The kernel through which numbers on the adapter are read. */
const READER: Program = {
  source: "function (a) { return a[this.thread.x]; }",
  parameters: { a: "Array" },
  tile: false,
};

/** The kinds of errors that WebGPU reports without throwing them. */
const ERROR_FILTERS = ["validation", "out-of-memory", "internal"] as const;

/** How many WebAssembly modules a kernel keeps. A training step uses fewer shapes of one kernel. */
const MODULES = 64;

/**
 * The most numbers that a tiled program may return on an engine that runs on the processor. There, gpu.js makes an array
 * of about 500 bytes for each tile, and when the heap is full, the whole program dies and nobody can catch the error.
 */
const TILED_NUMBERS = 2 ** 25;

/** Runs programs on one engine of gpu.js, and never on another. */
export class Engine {
  readonly info: EngineInfo & { readonly engine: EngineName };
  readonly #gpujs: GpuJs;
  readonly #gpu: InstanceType<GpuJs["GPU"]>;
  readonly #context: Context | undefined;
  readonly #compiled = new Map<Program, Compiled>();
  #trouble: string | undefined;

  private constructor(gpujs: GpuJs, info: Engine["info"], context?: Context) {
    this.info = info;
    this.#gpujs = gpujs;
    this.#gpu = new gpujs.GPU({ mode: info.engine });
    for (const helper of FUNCTIONS) this.#gpu.addFunction(helper.toString());
    this.#context = context;
    if (context === undefined) return;
    const { device } = context;
    const createShaderModule = device.createShaderModule.bind(device);
    device.createShaderModule = ({ code, ...rest }) => createShaderModule({ ...rest, code: withExactTests(code) });
    device.lost.then(({ message }) => this.#trouble = `the graphics device was lost: ${message}`);
    Object.assign(device, { // missing in Deno's types; the handler of gpu.js only prints the error
      onuncapturederror: ({ error }: GPUUncapturedErrorEvent) => this.#trouble ??= error.message,
    });
  }

  /** Whether an error has occurred after which no result can be trusted. */
  get broken(): boolean {
    return this.#trouble !== undefined;
  }

  /** Starts an engine. Throws, with the reason, if it cannot run here. */
  static async open(engine: EngineName): Promise<Engine> {
    const adapter = engine === "webgpu" ? await requestAdapter() : undefined;
    // gpu.js would ask for a classic Worker, which Deno does not have; without a global Worker it uses Node's
    Reflect.deleteProperty(globalThis, "Worker");
    const gpujs = await loadGpuJs() as unknown as GpuJs; // load.ts says why
    if (adapter === undefined) return new Engine(gpujs, { engine });
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
    const info = { engine, adapter: description || device || `${vendor} ${architecture}`, software: isFallbackAdapter };
    const opened = new Engine(gpujs, info, await gpujs.WebGPUContext.acquire());
    opened.free(await opened.run(READER, [1], [new Float32Array(1)]));
    return opened;
  }

  /** Puts numbers on the device. */
  async upload(values: Float32Array<ArrayBuffer>): Promise<Buffer> {
    const numbers = values.length > 0 ? values : new Float32Array(1); // a buffer cannot be empty
    const context = this.#context;
    if (context === undefined) return numbers;
    this.#checkRoom(numbers.length);
    return await this.#watched(() => {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      const buffer = context.device.createBuffer({ size: numbers.byteLength, usage, mappedAtCreation: true });
      new Float32Array(buffer.getMappedRange()).set(numbers);
      buffer.unmap();
      return this.#handle(buffer, numbers.length);
    });
  }

  /** Runs a program. The result has one number for each thread of the grid, or four if the program is tiled. */
  async run(program: Program, grid: readonly number[], args: readonly (number | Buffer)[]): Promise<Buffer> {
    if (this.#trouble !== undefined) throw new Error(this.#trouble);
    const numbers = grid.reduce((product, n) => product * n, program.tile ? 4 : 1);
    this.#checkRoom(numbers, program);
    const result = await this.#watched(() => this.#call(program, grid, args)).catch((error) => {
      this.#compiled.delete(program); // a kernel of gpu.js that has failed once always fails: the next call makes a new one
      throw error;
    });
    if (this.#context === undefined) return flatten(result, numbers);
    const handle = result as Handle; // gpu.js returns handles on this engine
    const flat = this.#handle(handle.buffer, numbers);
    handle.delete();
    return flat;
  }

  /** The first `length` numbers of a buffer. Waits until they are computed. */
  async download(buffer: Buffer, length: number): Promise<Float32Array> {
    if (buffer instanceof Float32Array) return buffer.subarray(0, length);
    const numbers = await this.#watched(() => buffer.toArray()).catch((error) => {
      throw this.#trouble === undefined ? error : new Error(this.#trouble, { cause: error });
    });
    if (this.#trouble !== undefined) throw new Error(this.#trouble);
    return numbers.subarray(0, length);
  }

  /** Frees a buffer. */
  free(buffer: Buffer): void {
    if (!(buffer instanceof Float32Array)) buffer.delete();
  }

  async #call(program: Program, grid: readonly number[], args: readonly (number | Buffer)[]): Promise<unknown> {
    const compiled = this.#compile(program);
    compiled.setOutput(grid);
    const result = await compiled(...args);
    const { constructor: { mode }, fallbackReason } = compiled.kernel;
    if (mode === this.info.engine && !fallbackReason) return result;
    throw new Error(`gpu.js left the engine ${this.info.engine} for ${mode}: ${fallbackReason ?? "no reason given"}`);
  }

  /** Throws if one array of so many numbers, computed by this program, is more than the engine can take. */
  #checkRoom(numbers: number, program?: Program): void {
    const limits = this.#context?.device.limits;
    const room = limits === undefined
      ? (program?.tile ? TILED_NUMBERS : Infinity)
      : Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 4);
    if (numbers > room) throw new RangeError(`an array of ${numbers} numbers is larger than its limit of ${room}`);
  }

  /** Does something on the adapter, and throws what WebGPU reports, so that an error belongs to the call that caused it. */
  async #watched<T>(f: () => T | Promise<T>): Promise<T> {
    const device = this.#context?.device;
    if (device === undefined) return await f();
    for (const filter of ERROR_FILTERS) device.pushErrorScope(filter);
    const [outcome] = await Promise.allSettled([Promise.resolve().then(f)]);
    const errors = await Promise.all(ERROR_FILTERS.map(() => device.popErrorScope()));
    const error = errors.find((error) => error !== null);
    if (outcome.status === "rejected") throw outcome.reason;
    if (error) throw new Error(error.message);
    return outcome.value;
  }

  /** A handle of a flat array on the adapter: one more owner of the buffer. One kernel reads all of them. */
  #handle(buffer: GPUBuffer, length: number): Handle {
    const { kernel } = this.#compile(READER);
    return new this.#gpujs.WebGPUBufferResult({ buffer, output: [length], context: this.#context, kernel });
  }

  #compile(program: Program): Compiled {
    let compiled = this.#compiled.get(program);
    if (compiled === undefined) {
      compiled = this.#gpu.createKernel(program.source, {
        output: program.tile ? [1, 1, 1] : [1],
        argumentTypes: program.parameters,
        precision: "single",
        pipeline: true, // results stay on the device
        immutable: true, // each result has its own buffer
        dynamicOutput: true,
        dynamicArguments: true,
        loopMaxIterations: 2 ** 30, // by default, gpu.js silently stops loops after 1,000 iterations
        asyncMode: program.tile, // on several threads, if the engine has them
      });
      compiled.kernel.moduleCacheLimit = MODULES;
      this.#compiled.set(program, compiled);
    }
    return compiled;
  }
}

/** The graphics adapter that WebGPU finds. */
async function requestAdapter(): Promise<GPUAdapter> {
  if (navigator.gpu === undefined) throw new Error("this JavaScript engine has no WebGPU");
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) throw new Error("no graphics adapter answers WebGPU");
  return adapter;
}

/** The result of an engine on the processor as one array: it is one already, or nested arrays of tiles. */
function flatten(result: unknown, numbers: number): Float32Array<ArrayBuffer> {
  if (result instanceof Float32Array) return result as Float32Array<ArrayBuffer>; // made by gpu.js, and not on shared memory
  const layers = result as Float32Array<ArrayBuffer>[][][]; // [z, y, x], four numbers each
  const { buffer } = layers[0]![0]![0]!;
  if (buffer.byteLength === 4 * numbers) return new Float32Array(buffer); // all tiles are views of it, in order
  const out = new Float32Array(numbers);
  layers.flat(2).forEach((tile, i) => out.set(tile, 4 * i));
  return out;
}
