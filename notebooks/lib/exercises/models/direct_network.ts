/** The model of notebook 06's exercises: the network that looks back, with a short cut from the embeddings to the logits. */
import * as fc from "fast-check";
import { Random } from "../../../../autograd/random.ts";
import { defineExercise } from "../define.ts";
import type { Law } from "../exercise.ts";
import { countOf, type Model, model, outputOf, parametersOf, rounding, trainable } from "./laws.ts";

/** Vocabulary, characters looked back on, numbers for each, and neurons. */
interface Sizes {
  readonly V: number;
  readonly T: number;
  readonly C: number;
  readonly hidden: number;
}
type Contexts = number[][];
type Make = (sizes: Sizes, random: Random) => Model<Contexts>;
type Case = [sizes: Sizes, seed: number, contexts: Contexts];

/** Sizes of which no two are the same, so that no axis can be mistaken for another. */
const cases: fc.Arbitrary<Case> = fc.constantFrom<Sizes[]>(
  { V: 3, T: 2, C: 4, hidden: 5 },
  { V: 5, T: 3, C: 2, hidden: 4 },
  { V: 4, T: 2, C: 3, hidden: 7 },
).chain((sizes) => {
  const context = fc.array(fc.nat({ max: sizes.V - 1 }), { minLength: sizes.T, maxLength: sizes.T });
  return fc.tuple(fc.constant(sizes), fc.nat({ max: 99 }), fc.array(context, { minLength: 1, maxLength: 3 }));
});

const built = (make: Make, sizes: Sizes, seed: number, contexts: Contexts) => ({
  model: make(sizes, new Random(seed)),
  input: contexts,
});

const laws: Law<Make, Case>[] = [
  {
    says: "A batch of B contexts gives logits of the shape [B, V].",
    claim: (make, sizes, seed, contexts) => ({
      of: "the shape",
      expected: [contexts.length, sizes.V],
      got: [...outputOf(make(sizes, new Random(seed)), contexts).shape],
    }),
  },
  {
    says: "It has the network's parameters, and T·C·V more for the short cut, which has no bias.",
    claim: (make, sizes, seed) => {
      const { V, T, C, hidden } = sizes;
      return {
        of: "the number of parameters",
        expected: V * C + (T * C * hidden + hidden) + (hidden * V + V) + T * C * V,
        got: countOf(make(sizes, new Random(seed))),
      };
    },
  },
  ...trainable(built),
  {
    says: "What a context gives does not depend on the others in its batch.",
    claim: (make, sizes, seed, contexts) => {
      const network = make(sizes, new Random(seed));
      const alone = contexts.map((context) => outputOf(network, [context]).slice(0).toArray());
      return { expected: alone, got: outputOf(network, contexts).toArray(), tolerance: rounding };
    },
  },
  {
    says: "The logits are head(tanh(hidden(x))) + direct(x), where x is the embeddings side by side.",
    claim: (make, sizes, seed, contexts) => {
      const network = make(sizes, new Random(seed));
      const names = ["embedding.weight", "hidden.weight", "hidden.bias", "head.weight", "head.bias", "direct.weight"];
      const parameters = parametersOf(network, names);
      const the = (name: string) => parameters[name]!; // parametersOf has looked
      const x = the("embedding.weight").gather(contexts).reshape([contexts.length, sizes.T * sizes.C]); // [B, T·C]
      const neurons = x.matmul(the("hidden.weight").transpose()).add(the("hidden.bias")).tanh(); // [B, hidden]
      const through = neurons.matmul(the("head.weight").transpose()).add(the("head.bias")); // [B, V]
      const expected = through.add(x.matmul(the("direct.weight").transpose()));
      return { expected: expected.toArray(), got: outputOf(network, contexts).toArray(), tolerance: rounding };
    },
  },
];

export const directNetwork = defineExercise<Make, Case>({
  name: "directNetwork",
  signature: "directNetwork(sizes: { V, T, C, hidden }, random: Random): nn.Module",
  task:
    "Make the network of section 5 with one layer more: direct, without bias, from the embeddings straight to the " +
    "logits, where it is added. The fields are embedding, hidden, head and direct.",
  returns: model<Contexts>(),
  cases,
  laws,
});
