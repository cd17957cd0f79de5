/** What the calling thread and the worker that owns the device say to each other. */

/** What a kernel's parameter is: numbers on the device, or a single number. */
export type ParameterType = "Array" | "Integer" | "Float";

/** A kernel as gpu.js takes it. */
export interface Program {
  /** A function in JavaScript, which gpu.js translates to the engine's language. */
  readonly source: string;
  readonly parameters: Readonly<Record<string, ParameterType>>;
  /** How many axes of threads it runs on: 1 or 3. */
  readonly axes: 1 | 3;
  /** Whether to split it over threads, where the engine has them. */
  readonly threads: boolean;
}

/** Makes a program of a function; TypeScript's types are gone by the time its source is read. */
export function program(
  kernel: (...args: never[]) => number | number[],
  parameters: Program["parameters"],
  { axes = 1, threads = false }: Partial<Pick<Program, "axes" | "threads">> = {},
): Program {
  return { source: kernel.toString(), parameters, axes, threads };
}

/** What a kernel's function calls `this`: which of the threads it is. */
export interface Thread {
  readonly thread: { readonly x: number; readonly y: number; readonly z: number };
}

/** One run of a program. */
export interface Launch {
  readonly type: "launch";
  /** The number of the program, by the order in which programs were told. */
  readonly program: number;
  /** The storage that the result goes to. */
  readonly out: number;
  /** How many threads along each axis. */
  readonly grid: readonly number[];
  /** An argument a parameter; an array is named by its storage. */
  readonly args: readonly number[];
  /** For which operation, on which shapes: for messages. */
  readonly purpose: string;
}

/** What the calling thread asks for; storages have numbers that it chooses. */
export type Request =
  | Launch
  | { readonly type: "program"; readonly program: Program }
  | { readonly type: "write"; readonly out: number; readonly values: Float32Array<ArrayBuffer> }
  | { readonly type: "read"; readonly storage: number; readonly answer: SharedArrayBuffer }
  | { readonly type: "free"; readonly storages: readonly number[] };

/** The engines of gpu.js that run here. */
export type EngineName = "webgpu" | "webasm" | "cpu";

/** What is known of an engine that runs. */
export interface EngineInfo {
  readonly engine: EngineName;
  /** The graphics adapter's name; none where the engine needs none. */
  readonly adapter?: string;
  /** Whether the adapter is a program and no hardware. */
  readonly software?: boolean;
}

/** What the worker says once, after it has started: the engine, or why there is none. */
export type Greeting = { readonly info: EngineInfo } | { readonly reason: string };

/** Words of the memory in which the worker tells how it is doing. */
export const STATUS = { answers: 0, done: 1, dead: 2, words: 3 } as const;

/** An answer to a read: what came of it, how many bytes follow, and the bytes: the numbers, or a message. */
export const ANSWER = { state: 0, bytes: 1, header: 8 } as const;

/** What came of a read. */
export const OUTCOME = { waiting: 0, done: 1, failed: 2 } as const;

/** Room for a message in an answer. */
export const MESSAGE_BYTES = 4096;
