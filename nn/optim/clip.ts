import { noGrad } from "../../autograd/recording.ts";
import type { Tensor } from "../../autograd/tensor.ts";

/**
 * Scales all gradients down together if their common norm, `√ Σ g²`, is over `max`; returns the norm before.
 *
 * @throws {RangeError} If the norm is not finite; the gradients stay as they are.
 *
 * @example
 * ```ts
 * import { optim, Tensor } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = Tensor.from([3, 4], { requiresGrad: true });
 * x.mul(x).sum().backward(); // the gradient is [6, 8]
 * assert.equal(optim.clipGradNorm([x], 1), 10);
 * assert.ok(Math.abs(Math.hypot(...x.grad!.data) - 1) < 1e-6);
 * ```
 */
export function clipGradNorm(parameters: readonly Tensor[], max: number): number {
  if (!(max > 0)) throw new RangeError(`Cannot clip gradients, as the largest norm must be more than 0: ${max}`);
  return noGrad(() => {
    const squares = parameters.flatMap(({ grad }) => grad === null ? [] : [grad.mul(grad).sum()]);
    const norm = squares.length === 0 ? 0 : Math.sqrt(squares.reduce((a, b) => a.add(b)).item());
    if (!Number.isFinite(norm)) throw new RangeError(`Cannot clip gradients, as their norm must be finite: ${norm}`);
    if (norm <= max) return norm;
    const scale = max / (norm + 1e-6); // as PyTorch has it
    for (const parameter of parameters) parameter.grad = parameter.grad?.mul(scale) ?? null;
    return norm;
  });
}
