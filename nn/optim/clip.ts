import { noGrad } from "../../autograd/recording.ts";
import { Tensor } from "../../autograd/mod.ts";
import { checkArguments, real, required, show } from "../../checks/mod.ts";
import { tensorsRule } from "./settings.ts";

const rules = { parameters: required(tensorsRule), max: required(real({ above: 0 })) };

/** The squares of norms between these neither overflow nor vanish in float32. */
const [SMALLEST, LARGEST] = [1e-10, 1e18];

/**
 * Scales all gradients down together if their total norm, `√ Σ g²`, exceeds `max`; returns the norm before clipping.
 *
 * @throws {RangeError} If the norm is not finite, or `max` is not above 0; the gradients do not change then.
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
  checkArguments("clip gradients", arguments, rules);
  return noGrad(() => {
    const own = [...new Set(parameters)]; // one that is given twice has one gradient
    const stranger = own.find(({ grad }) => grad !== null && !(grad instanceof Tensor));
    if (stranger !== undefined) {
      throw new TypeError(`Cannot clip gradients, as each must be a Tensor or null: ${show(stranger.grad)}`);
    }
    const gradients = own.flatMap(({ grad }) => grad === null ? [] : [grad]);
    let norm = commonNorm(gradients);
    let unit = 1; // the unit of the gradients
    if (!Number.isNaN(norm) && (norm < SMALLEST || norm > LARGEST)) {
      unit = gradients.reduce((most, grad) => Math.max(most, largest(grad)), 0);
      norm = unit > 0 && Number.isFinite(unit) ? commonNorm(gradients.map((g) => g.div(unit))) * unit : unit;
    }
    if (!Number.isFinite(norm)) throw new RangeError(`Cannot clip gradients, as their norm must be finite: ${norm}`);
    if (norm <= max) return norm;
    const scale = unit === 1 ? max / (norm + 1e-6) : max / (norm / unit); // the 1e-6 is PyTorch's
    const clipped = (grad: Tensor) => (unit === 1 ? grad : grad.div(unit)).mul(scale);
    for (const parameter of own) parameter.grad = parameter.grad === null ? null : clipped(parameter.grad);
    return norm;
  });
}

/** `√ Σ g²` over all gradients. */
function commonNorm(gradients: readonly Tensor[]): number {
  const squares = gradients.map((grad) => grad.mul(grad).sum());
  return squares.length === 0 ? 0 : Math.sqrt(squares.reduce((a, b) => a.add(b)).item());
}

/** `max |g|` */
function largest(grad: Tensor): number {
  return grad.size === 0 ? 0 : grad.abs().max().item();
}
