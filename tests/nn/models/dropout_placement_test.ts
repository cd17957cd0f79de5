/**
 * Where models drop, scale and share: each is compared, in training, with one composed by hand with the same draws. A
 * dropout that is missing, doubled, misplaced or has another rate changes the result; a table that is not tied, or is
 * detached from the graph, changes a gradient.
 */

import * as fc from "fast-check";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose, ROUNDING } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";
import { ByHand, type Rates } from "./by_hand.ts";

await useDevice("reference");

const drawn = fc.record({
  seed: fc.nat(1000),
  rates: fc.record({
    dropout: fc.constantFrom(0, 0.2, 0.3),
    attention: fc.constantFrom(0, 0.4),
    embedding: fc.constantFrom(0, 0.5),
  }),
  norm: fc.constantFrom("pre" as const, "post" as const),
});

/** Parameters far from their initial values, so that every part matters; dropout draws from the same generator. */
function shake<M extends nn.Module>(model: M, random: Random): M {
  for (const p of model.parameters()) p.assign(p.add(Tensor.randn(p.shape, { random }).mul(0.3)));
  return model;
}

/** Runs both with the same draws, and compares the results and the gradients of all parameters. */
function assertSame(model: nn.Module, random: Random, run: () => Tensor, byHand: () => Tensor): void {
  const start = random.state;
  const results = [run, byHand].map((make) => {
    random.state = start;
    for (const p of model.parameters()) p.grad = null;
    const out = make();
    out.backward({ seed: Tensor.randn(out.shape, { random: new Random(7) }) });
    return { out, end: random.state, grads: model.parameters().map(({ grad }) => grad ?? Tensor.zeros([0])) };
  });
  const [ours, theirs] = results as [typeof results[0], typeof results[0]];
  assertTensorsClose(ours.out, theirs.out);
  // A gradient sums about a hundred paths through norms, each rounded a few times.
  ours.grads.forEach((grad, i) => assertTensorsClose(grad, theirs.grads[i]!, 100 * ROUNDING));
  if (`${ours.end}` !== `${theirs.end}`) throw new Error("As many seeds must be drawn as there are dropouts");
}

const tokens = (random: Random, B: number, T: number, V: number) =>
  Array.from({ length: B }, () => Array.from({ length: T }, () => random.integer(0, V)));

property("a block drops attention weights and what each layer adds, cross-attention included", drawn, (drawn) => {
  const { rates, norm, seed } = drawn;
  const random = new Random(seed);
  const options = { dropout: rates.dropout, attentionDropout: rates.attention };
  const block = shake(new nn.Block({ dim: 6, heads: 2, cross: true, norm, ...options, random }), random);
  const [x, source] = [Tensor.randn([2, 3, 6], { random }), Tensor.randn([2, 4, 6], { random })];
  assertSame(
    block,
    random,
    () => block.forward(x, { causal: true, source }),
    () => new ByHand(random, rates).block(block, x, { causal: true, source }),
  );
}, 16);

property("a GPT drops its embeddings too, and its table has the gradients of both of its uses", drawn, (drawn) => {
  const { rates, seed } = drawn;
  const random = new Random(seed);
  const sizes = { vocabSize: 7, contextLength: 5, layers: 2, heads: 2, dim: 6 };
  const options = { dropout: rates.dropout, attentionDropout: rates.attention, embeddingDropout: rates.embedding };
  const gpt = shake(new nn.GPT({ ...sizes, ...options, random }), random);
  const batch = tokens(random, 2, 4, 7);
  assertSame(gpt, random, () => gpt.forward(batch), () => new ByHand(random, rates).gpt(gpt, batch));
}, 8);

/** One rate for embeddings and layers, as in BERT and the paper's transformer. */
const shared = ({ dropout, attention }: Rates): Rates => ({ dropout, attention, embedding: dropout });

property("a BERT drops its normed embeddings, attention weights and what each layer adds", drawn, (drawn) => {
  const rates = shared(drawn.rates);
  const random = new Random(drawn.seed);
  const sizes = { vocabSize: 7, contextLength: 5, layers: 2, heads: 2, dim: 6, pooler: false };
  const options = { dropout: rates.dropout, attentionDropout: rates.attention };
  const bert = shake(new nn.BERT({ ...sizes, ...options, random }), random);
  const [batch, segments] = [tokens(random, 2, 4, 7), tokens(random, 2, 4, 2)];
  const mask = [[1, 1, 1, 1], [1, 1, 1, 0]];
  assertSame(
    bert,
    random,
    () => bert.forward(batch, { segments, mask }).hidden,
    () => new ByHand(random, rates).bert(bert, batch, segments, mask),
  );
}, 8);

property("BERT's classifiers drop what they classify; its predictions share the table of tokens", drawn, (drawn) => {
  const rates = shared(drawn.rates);
  const random = new Random(drawn.seed);
  const sizes = { vocabSize: 7, contextLength: 5, layers: 1, heads: 2, dim: 6 };
  const options = { dropout: rates.dropout, attentionDropout: rates.attention, random };
  const [batch, segments, mask] = [tokens(random, 2, 4, 7), tokens(random, 2, 4, 2), [[1, 1, 1, 1], [1, 1, 1, 0]]];
  const inputs = { segments, mask };
  const eachToken = shake(
    new nn.BertForTokenClassification({ ...sizes, ...options, classes: 3, classifierDropout: 0.25 }),
    random,
  );
  assertSame(eachToken, random, () => eachToken.forward(batch, inputs), () => {
    const hand = new ByHand(random, rates);
    return hand.classes(eachToken, hand.bert(eachToken.bert, batch, segments, mask));
  });
  const sequences = shake(
    new nn.BertForSequenceClassification({ ...sizes, ...options, classes: 3, classifierDropout: 0.25 }),
    random,
  );
  assertSame(sequences, random, () => sequences.forward(batch, inputs), () => {
    const hand = new ByHand(random, rates);
    const hidden = hand.bert(sequences.bert, batch, segments, mask);
    return hand.classes(sequences, sequences.bert.pooler!.forward(hidden));
  });
  const masked = shake(new nn.BertForMaskedLM({ ...sizes, ...options }), random);
  assertSame(masked, random, () => masked.forward(batch, inputs), () => {
    const hidden = new ByHand(random, rates).bert(masked.bert, batch, segments, mask);
    const { transform, norm, bias } = masked.predictions;
    const transformed = norm.forward(transform.forward(hidden).gelu());
    return transformed.matmul(masked.bert.tokens.weight.transpose()).add(bias);
  });
}, 4);

property("a Transformer scales its embeddings by √C, drops them, and its blocks as any block", drawn, (drawn) => {
  const rates = shared(drawn.rates);
  const random = new Random(drawn.seed);
  const sizes = { sourceVocabSize: 7, targetVocabSize: 5, layers: 2, heads: 2, dim: 6, hidden: 8, norm: drawn.norm };
  const options = { dropout: rates.dropout, attentionDropout: rates.attention };
  const model = shake(new nn.Transformer({ ...sizes, ...options, random }), random);
  const [source, target] = [tokens(random, 2, 4, 7), tokens(random, 2, 3, 5)];
  const mask = [[1, 1, 1, 1], [1, 1, 0, 0]];
  assertSame(
    model,
    random,
    () => model.forward(source, target, mask),
    () => new ByHand(random, rates).transformer(model, source, target, mask),
  );
}, 8);
