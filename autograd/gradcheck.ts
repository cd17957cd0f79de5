import { withKernels } from "../kernels/device.ts";
import { reference } from "../kernels/reference/mod.ts";
import { pullback } from "./functional.ts";
import { Random } from "./random.ts";
import { noGrad } from "./recording.ts";
import { sameShape, showShape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/** What a gradient check compared. */
export interface GradcheckReport {
  /** How many derivatives: one for every element of every input. */
  readonly checked: number;
  /** The largest relative error among them. */
  readonly worst: number;
}

/** A derivative that the differences of the function do not confirm. */
export class GradcheckError extends Error {
  override name = "GradcheckError";

  constructor(
    /** Which input, from 0. */
    readonly input: number,
    /** Which element of it. */
    readonly index: readonly number[],
    /** What `backward` says. */
    readonly computed: number,
    /** What the differences of the function say. */
    readonly expected: number,
  ) {
    super(
      `Wrong gradient for element ${showShape(index)} of input ${input}, ` +
        `as it must be the limit of the function's differences: ${computed} where they give ${expected}`,
    );
  }
}

/**
 * Checks the gradient of a function of tensors against the function's differences, every element of every input.
 *
 * It compares `∂L/∂x` with `(8 (L(x + h) − L(x − h)) − (L(x + 2h) − L(x − 2h))) / 12h`, whose error falls as h⁴, where L is
 * the sum of the results with fixed random weights (a plain sum would hide errors that cancel). All is computed in
 * float64 on the `reference` device, whichever is in use.
 *
 * @param f Any function of the inputs, smooth within 2h of them.
 * @param inputs Where to check it.
 * @param options.step h, for inputs of size 1; it grows with the input.
 * @param options.tolerance The relative error allowed.
 * @throws {GradcheckError} At the first derivative that differs by more.
 *
 * @example
 * ```ts
 * import { gradcheck, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const report = gradcheck((a, b) => a.div(b), [Tensor.from([1, 2, 3]), Tensor.from([[4], [5]])]);
 * assert.equal(report.checked, 5); // 3 elements and 2
 * assert.ok(report.worst < 1e-6);
 * ```
 */
export function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 1e-3, tolerance = 1e-6 }: { step?: number; tolerance?: number } = {},
): GradcheckReport {
  return withKernels(reference, () => {
    const points = inputs.map(({ data, shape }) => Tensor.from(data, { shape }));
    const out = noGrad(() => f(...points));
    const random = new Random(out.size);
    const weights = Tensor.from(Float64Array.from(out.data, () => random.uniform(0.5, 1.5)), { shape: out.shape });
    const scalar = (...xs: Tensor[]) => weigh(f(...xs), weights);

    const { gradients } = pullback((xs) => scalar(...xs), points, (value) => value.like(1));
    let checked = 0;
    let worst = 0;
    points.forEach((point, input) => {
      const computed = gradients[input]!.data;
      point.data.forEach((x, i) => {
        const h = step * Math.max(1, Math.abs(x));
        const at = (moved: number) => noGrad(() => scalar(...points.with(input, withElement(point, i, moved)))).item();
        const [far, near] = [[at(x + 2 * h), at(x - 2 * h)] as const, [at(x + h), at(x - h)] as const];
        const expected = (8 * (near[0] - near[1]) - (far[0] - far[1])) / (12 * h);
        const size = Math.max(Math.abs(computed[i]!), Math.abs(expected));
        // The differences themselves are this uncertain, as L has sixteen digits: an error below it is none.
        const rounding = 8 * Number.EPSILON * Math.max(...[...far, ...near].map(Math.abs)) / h;
        const error = Math.max(0, Math.abs(computed[i]! - expected) - rounding) / size;
        if (!(error <= tolerance) && size !== 0) {
          throw new GradcheckError(input, indexOf(i, point.shape), computed[i]!, expected);
        }
        worst = Math.max(worst, size === 0 ? 0 : error);
        checked++;
      });
    });
    return { checked, worst };
  });
}

function weigh(out: Tensor, weights: Tensor): Tensor {
  if (sameShape(out.shape, weights.shape)) return out.mul(weights).sum();
  throw new TypeError(
    `Cannot check a gradient, as the function must return one shape for all values of its inputs: ` +
      `${showShape(out.shape)} and ${showShape(weights.shape)}`,
  );
}

/** The same tensor but for one element. */
function withElement(tensor: Tensor, i: number, value: number): Tensor {
  const data = tensor.data;
  data[i] = value;
  return Tensor.from(data, { shape: tensor.shape });
}

/** Where the i-th element in row-major order stands. */
function indexOf(i: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}
