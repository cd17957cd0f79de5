/** TensorFlow.js with its WebAssembly backend. */

import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { Engine, Task } from "../engine.ts";
import type { Workload } from "../workloads.ts";

export async function tensorflow(): Promise<Engine> {
  const entry = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(new URL(".", entry).pathname);
  if (!await tf.setBackend("wasm")) {
    throw new Error("TensorFlow.js does not use its wasm backend");
  }
  return { name: "TensorFlow.js wasm", prepare };
}

/** Runs `f`, reads its result, and frees everything it allocated. */
function task(f: () => tf.Tensor): Task {
  return () => {
    const out = tf.tidy(f);
    const numbers = out.dataSync() as Float32Array; // every tensor here is float32
    out.dispose();
    return numbers;
  };
}

function prepare(w: Workload, operands: readonly Float32Array[]): Task {
  if (w.kind === "matmul") {
    const a = tf.tensor3d(
      operands[0]!,
      w.transposeA ? [w.batch, w.K, w.M] : [w.batch, w.M, w.K],
    );
    const b = tf.tensor3d(
      operands[1]!,
      w.transposeB ? [w.batch, w.N, w.K] : [w.batch, w.K, w.N],
    );
    return task(() => tf.matMul(a, b, w.transposeA, w.transposeB));
  }
  if (w.kind === "attention") {
    const [q, k, v] = operands.map((values) => tf.tensor3d(values, [w.heads, w.T, w.D])) as [
      tf.Tensor3D,
      tf.Tensor3D,
      tf.Tensor3D,
    ];
    const attend = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => {
      return tf.matMul(
        tf.softmax(tf.matMul(q, k, false, true).mul(1 / Math.sqrt(w.D))),
        v,
      );
    };
    if (!w.backward) return task(() => attend(q, k, v));
    const gradients = tf.grads(
      attend as (...tensors: tf.Tensor[]) => tf.Tensor,
    ); // three tensors, as above
    return task(() => gradients([q, k, v], q)[2]!);
  }
  const x = tf.tensor2d(operands[0]!, [w.rows, w.columns]);
  if (w.kind === "softmax") return task(() => tf.softmax(x));
  if (w.kind === "gelu") {
    return task(() => x.mul(tf.erf(x.mul(Math.SQRT1_2)).add(1)).mul(0.5));
  }
  return task(() => {
    const centred = x.sub(x.mean(-1, true));
    return centred.div(centred.square().mean(-1, true).add(1e-5).sqrt());
  });
}
