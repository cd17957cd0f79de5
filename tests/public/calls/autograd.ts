/** Valid calls of autograd and of the choice of devices. */

import { contiguous, Random, Tensor, Value } from "../../../mod.ts";
import { reference } from "../../../kernels/reference/mod.ts";
import type { Calls, MakeCall } from "../law.ts";

const random = () => new Random(1);
const matrix = () => Tensor.from([[1, 2], [3, 5]]);
const on = (...given: unknown[]): MakeCall => () => ({ on: matrix(), given });
const value = (...given: unknown[]): MakeCall => () => ({ on: new Value(2), given });

/** The methods of a tensor without parameters. */
const ALONE = ["abs", "cos", "detach", "erf", "exp", "log", "neg", "relu", "sigmoid", "sign", "silu", "sin", "sqrt"];
const FUNCTIONS = [...ALONE, "tanh", "toArray"];
const BINARY = ["add", "sub", "mul", "div", "pow", "greater", "less", "equal", "maximum", "minimum"];
const REDUCTIONS = ["sum", "mean", "max", "min"];

const methods = (names: readonly string[], make: MakeCall): Calls =>
  Object.fromEntries(names.map((name) => [`Tensor#${name}`, make]));

export const AUTOGRAD: Calls = {
  useDevice: () => ({ given: ["cpu", { threads: 1, engine: undefined }] }), // engines are for gpu, threads for cpu
  deviceInfo: () => ({ given: [] }),
  contiguous: () => ({ given: [reference.full(4, 1), [2, 2]] }),
  noGrad: () => ({ given: [() => 1] }),
  grad: () => ({ given: [(x: Tensor) => x.sum()] }),
  valueAndGrad: () => ({ given: [(x: Tensor) => x.sum()] }),
  gradcheck: () => ({ given: [(x: Tensor) => x.exp(), [matrix()], { step: 1e-3, tolerance: 1e-6 }] }),
  record: () => {
    const x = matrix();
    return { given: ["same", [x], x.view, (grad: Tensor) => [grad]] };
  },

  Random: () => ({ given: [1] }),
  "Random#uniform": () => ({ on: random(), given: [0, 2] }),
  "Random#normal": () => ({ on: random(), given: [1, 2] }),
  "Random#integer": () => ({ on: random(), given: [0, 2] }),
  "Random#shuffle": () => ({ on: random(), given: [[1, 2]] }),
  "Random#fork": () => ({ on: random(), given: [] }),

  Value: () => ({ given: [1, "a", "", [], []] }),
  ...Object.fromEntries(["add", "sub", "mul", "div", "pow"].map((name) => [`Value#${name}`, value(3)])),
  ...Object.fromEntries(
    ["neg", "exp", "log", "tanh", "sigmoid", "relu", "backward"].map((name) => [`Value#${name}`, value()]),
  ),

  Tensor: () => ({ given: [reference, contiguous(reference.full(4, 1), [2, 2]), true] }),
  "Tensor.from": () => ({ given: [[1, 2], { shape: [2, 1], requiresGrad: true }] }),
  "Tensor.full": () => ({ given: [[2], 3, { requiresGrad: true }] }),
  "Tensor.zeros": () => ({ given: [[2], { requiresGrad: true }] }),
  "Tensor.ones": () => ({ given: [[2], { requiresGrad: true }] }),
  "Tensor.arange": () => ({ given: [1, 5, 2] }),
  "Tensor.eye": () => ({ given: [2] }),
  "Tensor.concat": () => ({ given: [[matrix(), matrix()], 1] }),
  "Tensor.stack": () => ({ given: [[matrix(), matrix()], 1] }),
  "Tensor.oneHot": () => ({ given: [[0, 1], 2] }),
  "Tensor.randn": () => ({ given: [[2], { random: random(), requiresGrad: true }] }),
  "Tensor.rand": () => ({ given: [[2], { random: random(), requiresGrad: true }] }),

  ...methods(FUNCTIONS, on()),
  ...methods(BINARY, on(2)),
  ...methods(REDUCTIONS, on(0, { keepDims: true })),
  "Tensor#var": on(0, { keepDims: true, correction: 1 }),
  "Tensor#std": on(0, { keepDims: true, correction: 1 }),
  "Tensor#gelu": on({ approximate: "tanh" }),
  "Tensor#clamp": on(0, 3),
  "Tensor#matmul": () => ({ on: matrix(), given: [matrix()] }),
  "Tensor#softmax": on(0),
  "Tensor#logSoftmax": on(0),
  "Tensor#argmax": on(0),
  "Tensor#cumsum": on(0),
  "Tensor#tril": on(0),
  "Tensor#triu": on(0),
  "Tensor#reshape": on([4]),
  "Tensor#permute": on([1, 0]),
  "Tensor#transpose": on(0, 1),
  "Tensor#squeeze": () => ({ on: Tensor.zeros([1, 2]), given: [0] }),
  "Tensor#unsqueeze": on(0),
  "Tensor#flatten": on(0, 1),
  "Tensor#expand": on([3, 2, 2]),
  "Tensor#slice": on([0, 1], null),
  "Tensor#concat": () => ({ on: matrix(), given: [[matrix()], 1] }),
  "Tensor#stack": () => ({ on: matrix(), given: [[matrix()], 1] }),
  "Tensor#gather": on([0, 1], 1),
  "Tensor#where": on([true, false], 0),
  "Tensor#maskedFill": on([true, false], 0),
  "Tensor#item": () => ({ on: Tensor.from(1), given: [] }),
  "Tensor#like": on(3),
  "Tensor#retainGrad": () => ({ on: Tensor.ones([1], { requiresGrad: true }).mul(2), given: [] }),
  "Tensor#assign": on([[1, 2], [3, 4]]),
  "Tensor#backward": () => ({
    on: Tensor.ones([1], { requiresGrad: true }).mul(2),
    given: [{ seed: Tensor.ones([1]), createGraph: false, retainGraph: true }],
  }),
};
