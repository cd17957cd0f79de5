/**
 * Automatic differentiation: tensors that remember how they were computed.
 *
 * This file adds the operations to `Tensor`; everything outside the folder imports `Tensor` from here.
 */

import { anything, either, guardMethods, instance, number, required } from "../checks/mod.ts";
import { backwardMethods } from "./backward.ts";
import { install } from "./methods.ts";
import { activationMethods } from "./ops/activations.ts";
import { arithmeticMethods } from "./ops/arithmetic.ts";
import { broadcastMethods } from "./ops/broadcast.ts";
import { comparisonMethods } from "./ops/comparison.ts";
import { creationMethods } from "./ops/creation.ts";
import { functionMethods } from "./ops/functions.ts";
import { layoutMethods } from "./ops/layout.ts";
import { matmulMethods } from "./ops/matmul.ts";
import { reductionMethods } from "./ops/reduction.ts";
import { scanMethods } from "./ops/scan.ts";
import { selectionMethods } from "./ops/selection.ts";
import { slicingMethods } from "./ops/slicing.ts";
import { softmaxMethods } from "./ops/softmax.ts";
import { triangleMethods } from "./ops/triangle.ts";
import { Value } from "./scalar.ts";
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
Object.assign(Tensor, creationMethods);

// Value checks nothing itself, so that the whole idea fits on one screen.
const operand = { other: required(either(instance(Value), number)) };
guardMethods(Tensor.prototype, {
  ...{ item: {}, toArray: {}, detach: {}, retainGrad: {} },
  ...{ like: { value: required(number) }, assign: { values: anything } }, // values are checked as in Tensor.from
});
guardMethods(Value.prototype, {
  ...{ add: operand, sub: operand, mul: operand, div: operand, pow: operand },
  ...{ neg: {}, exp: {}, log: {}, tanh: {}, sigmoid: {}, relu: {}, backward: {} },
});

export { Value } from "./scalar.ts";
export { Tensor, type TensorOptions } from "./tensor.ts";
export type { CreationMethods, FromOptions, RandomTensorOptions } from "./ops/creation.ts";
export type { BackwardMethods, BackwardOptions } from "./backward.ts";
export type { Nested, NestedNumbers, NumberArray } from "./nested.ts";
export type { Shape } from "./shape.ts";
export type { Operand } from "./operands.ts";
export type { ActivationMethods, GeluOptions } from "./ops/activations.ts";
export type { ArithmeticMethods } from "./ops/arithmetic.ts";
export type { Axes, BroadcastMethods, ReduceOptions } from "./ops/broadcast.ts";
export type { ComparisonMethods } from "./ops/comparison.ts";
export type { FunctionMethods } from "./ops/functions.ts";
export type { LayoutMethods } from "./ops/layout.ts";
export type { MatmulMethods } from "./ops/matmul.ts";
export type { ReductionMethods, VarianceOptions } from "./ops/reduction.ts";
export type { ScanMethods } from "./ops/scan.ts";
export type { Indices, Mask, SelectionMethods } from "./ops/selection.ts";
export type { Range, SlicingMethods } from "./ops/slicing.ts";
export type { SoftmaxMethods } from "./ops/softmax.ts";
export type { TriangleMethods } from "./ops/triangle.ts";
export { type Backward, type Gradient, type Gradients, type Origin, record } from "./record.ts";
export { noGrad } from "./recording.ts";
export { grad, type GradientsOf, valueAndGrad } from "./functional.ts";
export { gradcheck, GradcheckError, type GradcheckOptions, type GradcheckReport } from "./gradcheck.ts";
export { Random } from "./random.ts";
