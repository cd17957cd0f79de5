/** The model of notebook 08's exercises: a decoder on its own, which is a language model. */
import * as fc from "fast-check";
import { Random } from "../../../../autograd/random.ts";
import { Block, LayerNorm, sinusoidalPositions } from "../../../../nn/mod.ts";
import { defineExercise } from "../define.ts";
import type { Law } from "../exercise.ts";
import { countOf, type Model, model, outputOf, parametersOf, rounding, trainable } from "./laws.ts";

/** Vocabulary, width, heads and blocks. */
interface Sizes {
  readonly V: number;
  readonly C: number;
  readonly H: number;
  readonly layers: number;
}
type Tokens = number[][];
type Make = (sizes: Sizes, random: Random) => Model<Tokens>;
type Case = [sizes: Sizes, seed: number, tokens: Tokens];

const cases: fc.Arbitrary<Case> = fc.constantFrom<Sizes[]>(
  { V: 5, C: 4, H: 2, layers: 1 },
  { V: 7, C: 6, H: 3, layers: 2 },
  { V: 5, C: 8, H: 2, layers: 3 },
).chain((sizes) => {
  const text = fc.shuffledSubarray(Array.from({ length: sizes.V }, (_, token) => token), {
    minLength: 3,
    maxLength: 3,
  });
  return fc.tuple(fc.constant(sizes), fc.nat({ max: 99 }), fc.array(text, { minLength: 1, maxLength: 2 }));
});

const built = (make: Make, sizes: Sizes, seed: number, tokens: Tokens) => ({
  model: make(sizes, new Random(seed)),
  input: tokens,
});

const laws: Law<Make, Case>[] = [
  {
    says: "B texts of T tokens give logits of the shape [B, T, V].",
    claim: (make, sizes, seed, tokens) => ({
      of: "the shape",
      expected: [tokens.length, 3, sizes.V],
      got: [...outputOf(make(sizes, new Random(seed)), tokens).shape],
    }),
  },
  {
    says: "It has the parameters of one table, of its blocks and of the last norm; the head is the table itself.",
    claim: (make, sizes, seed) => {
      const random = new Random(0);
      const block = countOf(new Block({ dim: sizes.C, heads: sizes.H, random }));
      return {
        of: "the number of parameters",
        expected: sizes.V * sizes.C + sizes.layers * block + countOf(new LayerNorm(sizes.C)),
        got: countOf(make(sizes, new Random(seed))),
      };
    },
  },
  ...trainable(built),
  {
    says: "The future has no influence on the past: another last token changes the last logits alone.",
    claim: (make, sizes, seed, tokens) => {
      const decoder = make(sizes, new Random(seed));
      const past = (texts: Tokens) => outputOf(decoder, texts).slice(null, [0, 2]).toArray();
      const others = tokens.map((text) => [...text.slice(0, 2), ((text[2] ?? 0) + 1) % sizes.V]);
      return { of: "the logits before the last", expected: past(tokens), got: past(others), tolerance: rounding };
    },
  },
  {
    says: "Order matters: the first two tokens exchanged give other last logits.",
    claim: (make, sizes, seed, tokens) => {
      const decoder = make(sizes, new Random(seed));
      const last = (texts: Tokens) => outputOf(decoder, texts).slice(null, -1);
      const exchanged = tokens.map(([first = 0, second = 0, third = 0]) => [second, first, third]);
      const apart = last(tokens).sub(last(exchanged)).abs().max().item();
      return { expected: "logits that differ", got: "the same logits", holds: apart > 1e-4 };
    },
  },
  {
    says:
      "It agrees with the table's rows times √C, plus sinusoids, through the blocks, the norm, and the table again.",
    claim: (make, sizes, seed, tokens) => {
      const decoder = make(sizes, new Random(seed));
      const { "embedding.weight": table } = parametersOf(decoder, ["embedding.weight"]);
      const state = Object.entries(decoder.stateDict());
      const numbersOf = (part: string) =>
        Object.fromEntries(
          state.flatMap(([name, x]) => name.startsWith(part) ? [[name.slice(part.length), x] as const] : []),
        );
      let x = table.gather(tokens).mul(Math.sqrt(sizes.C)).add(sinusoidalPositions(3, sizes.C)); // [B, T, C]
      for (let layer = 0; layer < sizes.layers; layer++) {
        const block = new Block({ dim: sizes.C, heads: sizes.H, random: new Random(0) });
        block.loadStateDict(numbersOf(`blocks.${layer}.`));
        x = block.forward(x, { causal: true });
      }
      const norm = new LayerNorm(sizes.C);
      norm.loadStateDict(numbersOf("norm."));
      const expected = norm.forward(x).matmul(table.transpose()); // [B, T, V]
      return { expected: expected.toArray(), got: outputOf(decoder, tokens).toArray(), tolerance: rounding };
    },
  },
];

export const decoder = defineExercise<Make, Case>({
  name: "decoder",
  signature: "decoder(sizes: { V, C, H, layers }, random: Random): nn.Module",
  task:
    "Make a language model of a decoder alone: an Embedding, sinusoidal positions, causal nn.Blocks, a LayerNorm, and " +
    "the embedding's table again as the head. The fields are embedding, blocks and norm.",
  returns: model<Tokens>(),
  cases,
  laws,
});
