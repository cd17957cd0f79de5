/** What the calling thread and the worker that owns the device say to each other. */

import type { EngineInfo } from "../kernels.ts";
import type { GpuStorage } from "./storage.ts";

/** What a kernel's parameter is: numbers on the device, or a single number. */
export type ParameterType = "Array" | "Integer" | "Float";

/** A kernel's parameters by name, in order. */
export type Parameters = Readonly<Record<string, ParameterType>>;

/** A kernel as gpu.js takes it. */
export interface Program<P extends Parameters = Parameters> {
  /** A function in JavaScript, which gpu.js translates to the engine's language. */
  readonly source: string;
  readonly parameters: P;
  /** Whether a thread computes four numbers, in a grid of three axes; else it is one number, on one axis. */
  readonly tile: boolean;
}

/** What a program is launched with: a storage or a number for each of its parameters. */
export type Arguments<P extends Parameters> = { readonly [Name in keyof P]: Argument<P[Name]> };
type Argument<T extends ParameterType> = T extends "Array" ? GpuStorage : number;

/** Makes a program of a function; TypeScript's types are gone by the time its source is read. */
export function program<const P extends Parameters>(
  kernel: (...args: never[]) => number | readonly number[],
  parameters: P,
  { tile = false } = {},
): Program<P> {
  return { source: kernel.toString(), parameters, tile };
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
  /** One argument for each parameter, in order; an array is named by its storage. */
  readonly args: readonly number[];
  /** For which operation, on which shapes: for messages. */
  readonly purpose: string;
}

/** A question for the numbers of a storage. */
export interface Read {
  readonly type: "read";
  readonly storage: number;
  readonly length: number;
  /** The state, how many bytes follow, and the bytes: the numbers, or a message. */
  readonly answer: SharedArrayBuffer;
}

/** What the calling thread asks for; storages have numbers that it chooses. */
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
  /** Where it tells how it is doing. */
  readonly status: SharedArrayBuffer;
}

/** What the worker says once, after it has started: the engine, or why there is none. */
export type Greeting = { readonly info: EngineInfo } | { readonly reason: string };

/** The words of the status: how many reads were answered, how many requests done, whether the worker is gone. */
export const STATUS = { answers: 0, done: 1, dead: 2, words: 3 } as const;

/** The words of an answer's header, and how many bytes it has. */
export const ANSWER = { state: 0, bytes: 1, header: 8 } as const;

/** What came of a read. */
export const OUTCOME = { waiting: 0, done: 1, failed: 2 } as const;
