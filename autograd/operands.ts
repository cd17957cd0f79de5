/** The operands of operations: tensors on one device, and numbers. */

import { show } from "../checks/mod.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { contiguous } from "../kernels/view.ts";
import { Tensor } from "./tensor.ts";

/** An operand: a tensor, or a number, which becomes a constant. */
export type Operand = Tensor | number;

/**
 * The kernels of the device that all the tensors are on.
 *
 * @throws {TypeError} If they are on different devices, or one of them is not a tensor.
 */
export function sameDevice(action: string, tensors: readonly Tensor[]): Kernels {
  const stranger: unknown = tensors.find((tensor) => !(tensor instanceof Tensor));
  if (stranger !== undefined || tensors.includes(undefined as never)) { // `find` cannot report undefined itself
    throw new TypeError(`Cannot ${action}, as an operand must be a Tensor: ${show(stranger)}`);
  }
  const kernels = tensors[0]!.kernels;
  const other = tensors.find((tensor) => tensor.kernels !== kernels);
  if (other !== undefined) {
    throw new TypeError(
      `Cannot ${action} tensors of two devices, as an operation runs on one: ` +
        `${kernels.device} and ${other.kernels.device}`,
    );
  }
  return kernels;
}

/**
 * An operand as a tensor: a number becomes a constant on the device of `beside`.
 *
 * @throws {TypeError} If it is neither.
 */
export function lift(action: string, operand: Operand, beside: Tensor): Tensor {
  if (operand instanceof Tensor) return operand;
  if (typeof operand !== "number") {
    throw new TypeError(`Cannot ${action}, as an operand must be a Tensor or a number: ${show(operand)}`);
  }
  return new Tensor(beside.kernels, contiguous(beside.kernels.full(1, operand), []));
}
