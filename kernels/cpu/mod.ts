/**
 * The `cpu` device: float32, WebAssembly SIMD, all cores.
 *
 * The kernels are compiled from AssemblyScript, and their results stay in the memory that they work in until the program
 * can no longer reach them (memory.ts).
 */

import type { Kernels } from "../kernels.ts";
import { attention, attentionBackward } from "./attention.ts";
import { binary, select, unary, unaryBackward } from "./elementwise.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { compact, numbers } from "./layout.ts";
import { matmul } from "./matmul.ts";
import { assemble, gather, scatterAdd } from "./movement.ts";
import { argmax, cumsum, reduce } from "./reduce.ts";
import { crossEntropy, crossEntropyBackward, norm, normBackward, rowwise } from "./rowwise.ts";
import { adamW, dropout } from "./training.ts";

/** The kernels of the `cpu` device, and what they run on. */
export interface CpuKernels extends Kernels {
  readonly runtime: Engine;
}

/** Makes the kernels of a `cpu` device. */
export function cpuKernels(options: EngineOptions = {}): CpuKernels {
  const engine = new Engine(options);
  return {
    device: "cpu",
    precision: "float32",
    get engine() {
      return { engine: engine.relaxed ? "relaxed SIMD" : "SIMD", threads: engine.pool.threads };
    },
    runtime: engine,

    write: (values) => {
      const array = engine.memory.makeArray(values.length);
      array.set(values);
      return array;
    },
    read: (storage) => new Float32Array(numbers(storage)), // on the heap
    full: (length, value) => engine.memory.makeArray(length).fill(value),
    copy: (a) => compact(engine, a),

    unary: (op, a) => unary(engine, op, a),
    unaryBackward: (op, a, out, grad) => unaryBackward(engine, op, a, out, grad),
    binary: (op, a, b) => binary(engine, op, a, b),
    select: (condition, a, b) => select(engine, condition, a, b),
    reduce: (op, a, axes) => reduce(engine, op, a, axes),
    argmax: (a) => argmax(engine, a),
    cumsum: (a, reverse) => cumsum(engine, a, reverse),
    matmul: (a, b) => matmul(engine, a, b),
    gather: (a, indices) => gather(engine, a, indices),
    scatterAdd: (a, indices, shape) => scatterAdd(engine, a, indices, shape),
    assemble: (length, parts) => assemble(engine, length, parts),

    softmax: (a) => rowwise(engine, "softmax", a),
    softmaxBackward: (s, grad) => rowwise(engine, "softmaxBackward", s, grad),
    logSoftmax: (a) => rowwise(engine, "logSoftmax", a),
    logSoftmaxBackward: (l, grad) => rowwise(engine, "logSoftmaxBackward", l, grad),
    layerNorm: (a, gain, bias, eps) => norm(engine, a, gain, bias, eps),
    layerNormBackward: (a, gain, grad, eps) => normBackward(engine, a, gain, grad, eps, true),
    rmsNorm: (a, gain, eps) => norm(engine, a, gain, undefined, eps),
    rmsNormBackward: (a, gain, grad, eps) => normBackward(engine, a, gain, grad, eps, false),
    crossEntropy: (logits, targets) => crossEntropy(engine, logits, targets),
    crossEntropyBackward: (logits, targets, grad) => crossEntropyBackward(engine, logits, targets, grad),
    attention: (q, k, v, rule) => attention(engine, q, k, v, rule),
    attentionBackward: (q, k, v, attended, grad, rule) => attentionBackward(engine, q, k, v, attended, grad, rule),
    dropout: (a, rate, seed) => dropout(engine, a, rate, seed),
    adamW: (parameter, grad, moments, options) => adamW(engine, parameter, grad, moments, options),
  };
}
