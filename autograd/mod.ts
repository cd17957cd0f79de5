/**
 * Automatic differentiation: tensors that remember how they were computed.
 *
 * This file puts the operations on `Tensor`; everything outside of the folder imports `Tensor` from here.
 */

import { backwardMethods } from "./backward.ts";
import { install } from "./methods.ts";
import { activationMethods } from "./ops/activations.ts";
import { arithmeticMethods } from "./ops/arithmetic.ts";
import { broadcastMethods } from "./ops/broadcast.ts";
import { comparisonMethods } from "./ops/comparison.ts";
import { functionMethods } from "./ops/functions.ts";
import { layoutMethods } from "./ops/layout.ts";
import { matmulMethods } from "./ops/matmul.ts";
import { reductionMethods } from "./ops/reduction.ts";
import { scanMethods } from "./ops/scan.ts";
import { selectionMethods } from "./ops/selection.ts";
import { concat, slicingMethods, stack } from "./ops/slicing.ts";
import { softmaxMethods } from "./ops/softmax.ts";
import { triangleMethods } from "./ops/triangle.ts";
import { Tensor } from "./tensor.ts";

install(activationMethods);
install(arithmeticMethods);
install(backwardMethods);
install(broadcastMethods);
install(comparisonMethods);
install(functionMethods);
install(layoutMethods);
install(matmulMethods);
install(reductionMethods);
install(scanMethods);
install(selectionMethods);
install(slicingMethods);
install(softmaxMethods);
install(triangleMethods);
Tensor.concat = concat;
Tensor.stack = stack;

export { Value } from "./scalar.ts";
export { type FromOptions, type RandomTensorOptions, Tensor, type TensorOptions } from "./tensor.ts";
export type { BackwardOptions } from "./backward.ts";
export type { Nested, NestedNumbers, NumberArray } from "./nested.ts";
export type { Shape } from "./shape.ts";
export type { Operand } from "./operands.ts";
export type { Axes, ReduceOptions } from "./ops/broadcast.ts";
export type { GeluOptions } from "./ops/activations.ts";
export type { VarianceOptions } from "./ops/reduction.ts";
export type { Indices, Mask } from "./ops/selection.ts";
export type { Range } from "./ops/slicing.ts";
export { type Backward, type Gradient, type Gradients, type Origin, record } from "./record.ts";
export { noGrad } from "./recording.ts";
export { grad, type GradientsOf, valueAndGrad } from "./functional.ts";
export { gradcheck, GradcheckError, type GradcheckReport } from "./gradcheck.ts";
export { Random } from "./random.ts";
