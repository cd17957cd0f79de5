/** The messages between the calling thread and the worker that owns the device. */

import type { EngineInfo } from "../kernels.ts";
import type { GpuStorage } from "./storage.ts";

/** The type of a kernel's parameter: an array on the device, or a single number. */
export type ParameterType = "Array" | "Integer" | "Float";

/** A kernel's parameters by name, in order. */
export type Parameters = Readonly<Record<string, ParameterType>>;

/** A kernel as gpu.js takes it. */
export interface Program<P extends Parameters = Parameters> {
  /** A function in JavaScript, which gpu.js translates to the engine's language. */
  readonly source: string;
  readonly parameters: P;
  /** Whether each thread computes four numbers, on a grid of three axes. Otherwise it is one number, on one axis. */
  readonly tile: boolean;
}

/** The arguments of a launch: a storage or a number for each parameter. */
export type Arguments<P extends Parameters> = { readonly [Name in keyof P]: Argument<P[Name]> };
type Argument<T extends ParameterType> = T extends "Array" ? GpuStorage : number;

/**
 * Makes a program from a function. At run time its source has no types.
 *
 * @throws {TypeError} If the function's parameters are not those that are described, in the same order.
 */
export function program<const P extends Parameters>(
  kernel: (...args: never[]) => number | readonly number[],
  parameters: P,
  { tile = false } = {},
): Program<P> {
  const source = kernel.toString();
  const [given, described] = [/\(([^)]*)\)/.exec(source)![1]!.match(/\w+/g) ?? [], Object.keys(parameters)];
  if (given.join() !== described.join()) {
    throw new TypeError(
      `Cannot make a program of a function of (${given.join(", ")}), described as (${described.join(", ")})`,
    );
  }
  return { source, parameters, tile };
}

/** `this` in a kernel's function: the position of its thread. */
export interface Thread {
  readonly thread: { readonly x: number; readonly y: number; readonly z: number };
}

/** One run of a program. */
export interface Launch {
  readonly type: "launch";
  /** The number of the program, in the order in which programs were sent. */
  readonly program: number;
  /** The storage of the result. */
  readonly out: number;
  /** The number of threads along each axis. */
  readonly grid: readonly number[];
  /** One argument for each parameter, in order; an array is named by its storage. */
  readonly args: readonly number[];
  /** The operation and the shapes, for error messages. */
  readonly purpose: string;
}

/** A request for the numbers of a storage. */
export interface Read {
  readonly type: "read";
  readonly storage: number;
  readonly length: number;
  /** The state, the length of a message in bytes, and the numbers or the message. */
  readonly answer: SharedArrayBuffer;
}

/** What the calling thread may ask for. It chooses the numbers of storages. */
export type Request =
  | Launch
  | Read
  | { readonly type: "program"; readonly program: Program }
  | { readonly type: "write"; readonly out: number; readonly values: Float32Array<ArrayBuffer> }
  | { readonly type: "free"; readonly storages: readonly number[] }
  | { readonly type: "park" };

/** The engines of gpu.js that run here. */
export type EngineName = "webgpu" | "webasm" | "cpu";

/** What the worker is started with. */
export interface Start {
  readonly engine: EngineName;
  /** The shared words in which it reports its progress. */
  readonly status: SharedArrayBuffer;
}

/** The first message of the worker: the engine that runs, or the reason why none does. */
export type Greeting = { readonly info: EngineInfo } | { readonly reason: string };

/** The words of the status: reads answered, requests done, and whether the worker has ended. */
export const STATUS = { answers: 0, done: 1, dead: 2, words: 3 } as const;

/** The words of an answer's header, and its size in bytes. */
export const ANSWER = { state: 0, bytes: 1, header: 8 } as const;

/** The state of a read. */
export const OUTCOME = { waiting: 0, done: 1, failed: 2 } as const;
