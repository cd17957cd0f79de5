/** gpu.js: one of its engines, chosen and watched. This module runs in the worker. */

import { loadGpuJs } from "./load.ts";
import type { EngineInfo } from "../kernels.ts";
import { FUNCTIONS, withExactTests } from "./functions.ts";
import type { EngineName, Program } from "./program.ts";

/** Numbers on the graphics adapter, as gpu.js hands them out. */
interface Handle {
  readonly buffer: GPUBuffer;
  readonly kernel: unknown;
  toArray(): Promise<Float32Array<ArrayBuffer>>;
  delete(): void;
}

/** Numbers where the engine keeps them: on the adapter, or on the heap for the engines that run on the processor. */
export type Buffer = Float32Array<ArrayBuffer> | Handle;

/** What a kernel that gpu.js made can be called with, and what it answers. */
interface Compiled {
  (...args: (number | Buffer)[]): Promise<unknown>;
  setOutput(grid: readonly number[]): void;
  /** What runs in the end: gpu.js may replace it by one of another engine. */
  readonly kernel: {
    readonly constructor: { readonly mode: string };
    readonly fallbackReason: string | null;
    /** WebAssembly modules kept: one for each combination of sizes. */
    moduleCacheLimit?: number;
  };
}

/** As much of gpu.js as is used here: its own typings leave out the classes of WebGPU. */
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

/** The kernel that numbers on the adapter are read through. */
const READER: Program = {
  source: "function (a) { return a[this.thread.x]; }",
  parameters: { a: "Array" },
  tile: false,
};

/** What WebGPU may report of a call, besides what it throws. */
const ERROR_FILTERS = ["validation", "out-of-memory", "internal"] as const;

/** How many WebAssembly modules a kernel keeps: a training step has fewer shapes of one kind. */
const MODULES = 64;

/**
 * How many numbers a tiled program may return on an engine that runs on the processor. gpu.js makes an array of each
 * tile there, some 500 bytes, and a heap that is full ends the whole program, which no caller can catch.
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
    Object.assign(device, { // Deno's typings lack the property; gpu.js only prints what it hears there
      onuncapturederror: ({ error }: GPUUncapturedErrorEvent) => this.#trouble ??= error.message,
    });
  }

  /** Whether something has happened after which no result can be relied on. */
  get broken(): boolean {
    return this.#trouble !== undefined;
  }

  /** Starts an engine; throws, saying why, if it cannot run here. */
  static async open(engine: EngineName): Promise<Engine> {
    const adapter = engine === "webgpu" ? await requestAdapter() : undefined;
    // under Deno, gpu.js would ask for a kind of Worker that Deno has not; where it sees none, it uses Node's
    Reflect.deleteProperty(globalThis, "Worker");
    const gpujs = await loadGpuJs() as unknown as GpuJs; // see there
    if (adapter === undefined) return new Engine(gpujs, { engine });
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
    const info = { engine, adapter: description || device || `${vendor} ${architecture}`, software: isFallbackAdapter };
    const opened = new Engine(gpujs, info, await gpujs.WebGPUContext.acquire());
    opened.free(await opened.run(READER, [1], [new Float32Array(1)]));
    return opened;
  }

  /** Puts numbers on the device. */
  async upload(values: Float32Array<ArrayBuffer>): Promise<Buffer> {
    const numbers = values.length > 0 ? values : new Float32Array(1); // no buffer may be empty
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

  /** Runs a program: as many numbers as the grid has threads, or four times as many. */
  async run(program: Program, grid: readonly number[], args: readonly (number | Buffer)[]): Promise<Buffer> {
    if (this.#trouble !== undefined) throw new Error(this.#trouble);
    const numbers = grid.reduce((product, n) => product * n, program.tile ? 4 : 1);
    this.#checkRoom(numbers, program);
    const result = await this.#watched(() => this.#call(program, grid, args)).catch((error) => {
      this.#compiled.delete(program); // gpu.js fails for ever where it has failed once: the next call starts afresh
      throw error;
    });
    if (this.#context === undefined) return flatten(result, numbers);
    const handle = result as Handle; // what gpu.js answers with on this engine
    const flat = this.#handle(handle.buffer, numbers);
    handle.delete();
    return flat;
  }

  /** The first `length` numbers of a buffer, once they are computed. */
  async download(buffer: Buffer, length: number): Promise<Float32Array> {
    if (buffer instanceof Float32Array) return buffer.subarray(0, length);
    const numbers = await this.#watched(() => buffer.toArray()).catch((error) => {
      throw this.#trouble === undefined ? error : new Error(this.#trouble, { cause: error });
    });
    if (this.#trouble !== undefined) throw new Error(this.#trouble);
    return numbers.subarray(0, length);
  }

  /** Gives a buffer's memory back. */
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

  /** Throws if the engine cannot hold so many numbers in one array, or make so many by tiles. */
  #checkRoom(numbers: number, program?: Program): void {
    const limits = this.#context?.device.limits;
    const room = limits === undefined
      ? (program?.tile ? TILED_NUMBERS : Infinity)
      : Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 4);
    if (numbers > room) throw new RangeError(`an array of ${numbers} numbers is larger than its limit of ${room}`);
  }

  /** Does something on the adapter; what WebGPU reports of it is this call's error, and no other's. */
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

  /** A flat array of numbers on the adapter, one more owner of the buffer; all are read through one kernel. */
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
        pipeline: true, // results stay on the device,
        immutable: true, // each in a buffer of its own
        dynamicOutput: true,
        dynamicArguments: true,
        loopMaxIterations: 2 ** 30, // gpu.js ends loops after 1,000 rounds otherwise, without a word
        asyncMode: program.tile, // on several threads, where the engine has them
      });
      compiled.kernel.moduleCacheLimit = MODULES;
      this.#compiled.set(program, compiled);
    }
    return compiled;
  }
}

/** The adapter that WebGPU answers with. */
async function requestAdapter(): Promise<GPUAdapter> {
  if (navigator.gpu === undefined) throw new Error("this JavaScript engine has no WebGPU");
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) throw new Error("no graphics adapter answers WebGPU");
  return adapter;
}

/** What an engine on the processor answers: a number a thread in one array, or tiles in arrays of arrays of arrays. */
function flatten(result: unknown, numbers: number): Float32Array<ArrayBuffer> {
  if (result instanceof Float32Array) return result as Float32Array<ArrayBuffer>; // gpu.js makes it, on no shared memory
  const layers = result as Float32Array<ArrayBuffer>[][][]; // [z, y, x], four numbers each
  const { buffer } = layers[0]![0]![0]!;
  if (buffer.byteLength === 4 * numbers) return new Float32Array(buffer); // all tiles are parts of it, in order
  const out = new Float32Array(numbers);
  layers.flat(2).forEach((tile, i) => out.set(tile, 4 * i));
  return out;
}
