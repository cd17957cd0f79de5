/** gpu.js: one of its engines, chosen and watched. This module runs in the worker. */

import type { GPU as GpuJs, WebGPUBufferResult } from "gpu.js";
import { FUNCTIONS } from "./functions.ts";
import type { EngineInfo, EngineName, Program } from "./program.ts";

/** Numbers where the engine keeps them: on the adapter, or on the heap for the engines that run on the processor. */
export type Buffer = Float32Array<ArrayBuffer> | WebGPUBufferResult;
