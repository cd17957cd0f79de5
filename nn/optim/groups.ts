import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, required } from "../../checks/mod.ts";
import { nonNegative, tensorsRule } from "./settings.ts";

/** A group of parameters and its weight decay. */
export interface WeightDecayGroup {
  /** The parameters of the group. */
  params: Tensor[];
  /** λ */
  weightDecay: number;
}

const rules = { parameters: required(tensorsRule), weightDecay: required(nonNegative) };

/**
 * The usual groups for weight decay: matrices and tables, with two axes or more, are decayed; biases and the gains of
 * norms are not.
 *
 * @returns The non-empty groups, the decayed one first.
 *
 * @example
 * ```ts
 * import { nn, optim, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const model = new nn.Linear(3, 2, { random: new Random(1) });
 * const groups = optim.weightDecayGroups(model.parameters(), 0.1);
 * assert.deepEqual(groups.map(({ params, weightDecay }) => [params[0]!.shape, weightDecay]), [[[2, 3], 0.1], [[2], 0]]);
 * const optimizer = new optim.AdamW(groups, { lr: 1e-3 });
 * assert.equal(optimizer.parameters.length, 2);
 * ```
 */
export function weightDecayGroups(parameters: readonly Tensor[], weightDecay: number): WeightDecayGroup[] {
  checkArguments("group parameters by weight decay", arguments, rules);
  const decayed = parameters.filter(({ rank }) => rank >= 2);
  const others = parameters.filter(({ rank }) => rank < 2);
  return [{ params: decayed, weightDecay }, { params: others, weightDecay: 0 }].filter(({ params }) =>
    params.length > 0
  );
}
