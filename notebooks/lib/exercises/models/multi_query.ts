/** The model of notebook 07's exercises: causal attention whose heads share one key and one value. */
import * as fc from "fast-check";
import { Random } from "../../../../autograd/random.ts";
import { Tensor } from "../../../../autograd/tensor.ts";
import { MultiHeadAttention } from "../../../../nn/mod.ts";
import { defineExercise } from "../define.ts";
import type { Law } from "../exercise.ts";
import { countOf, type Model, model, outputOf, rounding, trainable } from "./laws.ts";

/** The width, and the number of heads. */
interface Sizes {
  readonly C: number;
  readonly H: number;
}
type Make = (sizes: Sizes, random: Random) => Model<Tensor>;
type Case = [sizes: Sizes, seed: number, T: number];

const cases: fc.Arbitrary<Case> = fc.tuple(
  fc.constantFrom<Sizes[]>({ C: 6, H: 2 }, { C: 6, H: 3 }, { C: 8, H: 2 }),
  fc.nat({ max: 99 }),
  fc.constantFrom(4, 5),
);

/** Two sequences of T random vectors, `[2, T, C]`. */
const sequences = ({ C }: Sizes, seed: number, T: number) => Tensor.randn([2, T, C], { random: new Random(seed + 1) });

const built = (make: Make, sizes: Sizes, seed: number, T: number) => ({
  model: make(sizes, new Random(seed)),
  input: sequences(sizes, seed, T),
});

const laws: Law<Make, Case>[] = [
  {
    says: "What comes out has the shape of what went in, [B, T, C].",
    claim: (make, ...values) => {
      const { model, input } = built(make, ...values);
      return { of: "the shape", expected: [...input.shape], got: [...outputOf(model, input).shape] };
    },
  },
  {
    says: "query and out are Linear(C, C); key and value are Linear(C, C/H), since all heads share them.",
    claim: (make, sizes, seed) => {
      const { C, H } = sizes;
      return {
        of: "the number of parameters",
        expected: 2 * (C * C + C) + 2 * (C * C / H + C / H),
        got: countOf(make(sizes, new Random(seed))),
      };
    },
  },
  ...trainable(built),
  {
    says: "The future has no influence on the past.",
    claim: (make, ...values) => {
      const { model, input } = built(make, ...values);
      const T = values[2];
      const before = [0, T - 1] as const; // all positions but the last
      const other = Tensor.concat([input.slice(null, before), input.slice(null, [T - 1, T]).mul(-2)], 1);
      const past = (x: Tensor) => outputOf(model, x).slice(null, before).toArray();
      return { of: "the positions before the last", expected: past(input), got: past(other), tolerance: rounding };
    },
  },
  {
    says: "With its numbers, the library's attention in one group (groups: 1, causal: true) gives the same.",
    claim: (make, ...values) => {
      const { model, input } = built(make, ...values);
      const library = new MultiHeadAttention({
        dim: values[0].C,
        heads: values[0].H,
        groups: 1,
        random: new Random(0),
      });
      library.loadStateDict(model.stateDict());
      return {
        expected: library.forward(input, { causal: true }).toArray(),
        got: outputOf(model, input).toArray(),
        tolerance: rounding,
      };
    },
  },
];

export const multiQuery = defineExercise<Make, Case>({
  name: "multiQuery",
  signature: "multiQuery(sizes: { C, H }, random: Random): nn.Module",
  task:
    "Make a layer of causal attention, [B, T, C] → [B, T, C], with H heads that have queries of their own, but share " +
    "one key and one value. The fields are query, key, value and out, each a Linear with bias.",
  returns: model<Tensor>(),
  cases,
  laws,
});
