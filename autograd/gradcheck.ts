import { callable, checkArguments, instance, listOf, optionsOf, real, required } from "../checks/mod.ts";
import { withKernels } from "../kernels/device.ts";
import { reference } from "../kernels/reference/mod.ts";
import { pullback } from "./functional.ts";
import { Random } from "./random.ts";
import { noGrad } from "./recording.ts";
import { sameShape, showShape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/** The result of a gradient check. Every element of every input has one derivative, checked or inconclusive. */
export interface GradcheckReport {
  /** How many derivatives the differences confirm. */
  readonly checked: number;
  /**
   * How many derivatives the differences can neither confirm nor refute, because rounding swamps them, as for
   * `x ↦ 10¹² + x`.
   */
  readonly inconclusive: number;
  /** The largest relative error among those checked. */
  readonly worst: number;
}

/** The options of `gradcheck`. */
export interface GradcheckOptions {
  /** The step h for inputs of size 1; it grows with the input. Default: 0.001. */
  step?: number;
  /** The relative error allowed. Default: 1e-6. */
  tolerance?: number;
}

/** A derivative that the differences of the function do not confirm. */
export class GradcheckError extends Error {
  /** The error's name. */
  override name = "GradcheckError";

  /** Says which derivative is wrong, and what it should be. */
  constructor(
    /** Which input, from 0. */
    readonly input: number,
    /** Which element of it. */
    readonly index: readonly number[],
    /** The derivative from `backward`. */
    readonly computed: number,
    /** The derivative from the differences of the function. */
    readonly expected: number,
  ) {
    super(
      `Wrong gradient for element ${showShape(index)} of input ${input}, ` +
        `as it must be the limit of the function's differences: ${computed} where they give ${expected}`,
    );
  }
}

/**
 * Checks the gradient of a function of tensors against finite differences, for every element of every input.
 *
 * It compares `∂L/∂x` with `(8 (L(x + h) − L(x − h)) − (L(x + 2h) − L(x − 2h))) / 12h`, whose error falls as h⁴, where L is
 * the sum of the results with fixed random weights (a plain sum would hide errors that cancel). It computes in
 * float64 on the `reference` device, whichever device is in use.
 *
 * @param f Any function of the inputs, smooth within 2h of them.
 * @param inputs The point at which to check it.
 * @throws {GradcheckError} At the first derivative that differs by more than the tolerance.
 *
 * @example
 * ```ts
 * import { gradcheck, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const report = gradcheck((a, b) => a.div(b), [Tensor.from([1, 2, 3]), Tensor.from([[4], [5]])]);
 * assert.equal(report.checked, 5); // 3 elements and 2
 * assert.equal(report.inconclusive, 0);
 * assert.ok(report.worst < 1e-6);
 * ```
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  checkArguments("check a gradient", arguments, parameters);
  const { step = 1e-3, tolerance = 1e-6 } = options;
  return withKernels(reference, () => {
    const points = inputs.map(({ data, shape }) => Tensor.from(data, { shape }));
    const out = noGrad(() => f(...points));
    const random = new Random(out.size);
    const weights = Tensor.from(Float64Array.from(out.data, () => random.uniform(0.5, 1.5)), { shape: out.shape });
    const scalar = (...xs: Tensor[]) => weigh(f(...xs), weights);

    const { gradients } = pullback((xs) => scalar(...xs), points, (value) => value.like(1));
    const compared = points.flatMap((point, input) => {
      const computed = gradients[input]!.data;
      return Array.from(point.data, (x, i): Comparison => {
        const h = step * Math.max(1, Math.abs(x));
        const at = (moved: number) => noGrad(() => scalar(...points.with(input, withElement(point, i, moved)))).item();
        return { input, index: indexOf(i, point.shape), computed: computed[i]!, ...slope(at, x, h) };
      });
    });
    return report(compared, tolerance);
  });
}

const parameters = {
  f: required(callable),
  inputs: required(listOf(instance(Tensor, "Tensor.from([1, 2])"), "tensors")),
  options: optionsOf<GradcheckOptions>({ step: real({ above: 0 }), tolerance: real({ above: 0 }) }),
};

/** A derivative from `backward`, and the same one from differences. */
interface Comparison {
  readonly input: number;
  readonly index: readonly number[];
  readonly computed: number;
  readonly expected: number;
  /** The uncertainty of `expected`, as L has sixteen digits. */
  readonly rounding: number;
}

/** The slope of L at x from four evaluations, and its uncertainty. */
function slope(at: (x: number) => number, x: number, h: number): { expected: number; rounding: number } {
  const [right2, left2, right, left] = [at(x + 2 * h), at(x - 2 * h), at(x + h), at(x - h)];
  const largest = Math.max(...[right2, left2, right, left].map(Math.abs));
  return {
    expected: (8 * (right - left) - (right2 - left2)) / (12 * h),
    rounding: 8 * Number.EPSILON * largest / h,
  };
}

/** Compares every derivative to the tolerance, as far as rounding allows. */
function report(compared: readonly Comparison[], tolerance: number): GradcheckReport {
  const sizeOf = ({ computed, expected }: Comparison) => Math.max(Math.abs(computed), Math.abs(expected));
  const largest = compared.reduce((largest, one) => Math.max(largest, sizeOf(one)), 0);
  let [inconclusive, worst] = [0, 0];
  for (const one of compared) {
    const { input, index, computed, expected, rounding } = one;
    const size = sizeOf(one);
    if (size === 0) continue; // exactly equal
    const error = Math.max(0, Math.abs(computed - expected) - rounding) / size;
    if (!(error <= tolerance)) throw new GradcheckError(input, index, computed, expected);
    // A derivative of 0 is confirmed by differences that are small; any other by differences that are precise.
    const claimsZero = Math.abs(computed) <= rounding / 1000;
    if (rounding > tolerance * (claimsZero ? Math.max(largest, 1) : largest)) inconclusive++;
    else worst = Math.max(worst, error);
  }
  return { checked: compared.length - inconclusive, inconclusive, worst };
}

function weigh(out: Tensor, weights: Tensor): Tensor {
  if (sameShape(out.shape, weights.shape)) return out.mul(weights).sum();
  throw new TypeError(
    `Cannot check a gradient, as the function must return one shape for all values of its inputs: ` +
      `${showShape(out.shape)} and ${showShape(weights.shape)}`,
  );
}

/** The same tensor with one element changed. */
function withElement(tensor: Tensor, i: number, value: number): Tensor {
  const data = tensor.data;
  data[i] = value;
  return Tensor.from(data, { shape: tensor.shape });
}

/** The index of the i-th element in row-major order. */
function indexOf(i: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}
