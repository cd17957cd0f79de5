/** How another library names and stores the parameters of one of our models. */

import { concat } from "../../autograd/ops/slicing.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import type { StateDict } from "../state_dict.ts";

/** One tensor of the other library, and the parameters of ours that it holds. */
export interface Rule {
  /** Its name there. */
  readonly theirs: string;
  /** Its shape there. */
  readonly shape: readonly number[];
  /** Our parameters; several are equal parts of their tensor, in order along our first axis. */
  readonly ours: readonly string[];
  /** Whether theirs is `[in, out]` and ours `[out, in]`. */
  readonly transposed?: boolean;
}

/** The tensors of a model in a folder that its configuration implies. */
export interface Layout {
  /** The class to read, by Hugging Face's name. */
  readonly wanted: string;
  /** The class of a folder, judged by the names of its tensors and the `architecture` in its configuration. */
  readonly held: (names: ReadonlySet<string>, architecture: string | undefined) => string;
  /** Whether a model can be read from a folder that holds another class. */
  readonly readable: (held: string) => boolean;
  /** The rules' name for a tensor in the file; `undefined` if it is not a parameter. */
  readonly canonical: (name: string) => string | undefined;
  /** One rule per tensor, made lazily, as a hostile configuration may imply very many. */
  readonly rules: () => Iterable<Rule>;
  /** Copies by name, each with its original: a tied parameter may be stored under either name, or both. */
  readonly ties: Readonly<Record<string, string>>;
  /** Other tensors that may be present; they are not read. */
  readonly spare: RegExp;
}

/** The sizes of an affine layer: `[in, out]`, or `[C]` for a norm. */
type Sizes = readonly [inputs: number, outputs: number] | readonly [dim: number];

/** Rules for the weight and the bias of a layer; those of a norm are both `[C]`. */
export function affine(
  theirs: string,
  ours: string | readonly string[],
  sizes: Sizes,
  { transposed = false }: { transposed?: boolean } = {},
): Rule[] {
  const parts = [ours].flat();
  const weight = transposed ? sizes : sizes.toReversed();
  return [
    { theirs: `${theirs}.weight`, shape: weight, ours: parts.map((part) => `${part}.weight`), transposed },
    { theirs: `${theirs}.bias`, shape: sizes.slice(-1), ours: parts.map((part) => `${part}.bias`) },
  ];
}

/** Our parameters, taken from a tensor of the rule's shape. */
export function toOurs({ ours, transposed = false }: Rule, tensor: Tensor): [name: string, parameter: Tensor][] {
  const whole = transposed ? tensor.transpose() : tensor; // [out, in]
  const length = whole.shape[0]! / ours.length;
  return ours.map((name, i) => [name, ours.length === 1 ? whole : whole.slice([i * length, (i + 1) * length])]);
}

/** The parameters under the other library's names. */
export function toTheirs(rules: Iterable<Rule>, ours: StateDict): StateDict {
  return Object.fromEntries(Array.from(rules, ({ theirs, ours: names, transposed = false }) => {
    const parts = names.map((name): Tensor => ours[name]!); // a model with these rules has them all
    const whole = parts.length === 1 ? parts[0]! : concat(parts);
    return [theirs, transposed ? whole.transpose() : whole];
  }));
}
