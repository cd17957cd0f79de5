import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { property } from "../../support/property.ts";

await useDevice("reference");

const SIZES = { vocabSize: 11, contextLength: 9, layers: 2, heads: 2, dim: 8, dropout: 0 };

const inputs = fc.record({ B: fc.integer({ min: 1, max: 3 }), T: fc.integer({ min: 2, max: 6 }), seed: fc.nat() });

/** A model with parameters far from their initial values, and tokens and segments for it. */
function draw({ B, T, seed }: { B: number; T: number; seed: number }) {
  const random = new Random(seed);
  const bert = new nn.BertForPreTraining({ ...SIZES, random });
  for (const p of bert.parameters()) p.assign(p.add(Tensor.randn(p.shape, { random }).mul(0.3)));
  const rows = (count: number) =>
    Array.from({ length: B }, () => Array.from({ length: T }, () => random.integer(0, count)));
  return { bert, tokens: rows(SIZES.vocabSize), segments: rows(2), random };
}

property("padding has no influence, whatever tokens and segments it holds", inputs, (drawn) => {
  const { bert, tokens, segments, random } = draw(drawn);
  const mask = tokens.map((row) => [...row.map(() => 1), 0, 0]);
  const pad = (rows: number[][], count: number) =>
    rows.map((row) => [...row, random.integer(0, count), random.integer(0, count)]);
  const plain = bert.forward(tokens, { segments });
  const padded = bert.forward(pad(tokens, SIZES.vocabSize), { segments: pad(segments, 2), mask });
  assertTensorsClose(padded.mlm.slice(null, [0, drawn.T]), plain.mlm);
  assertTensorsClose(padded.nsp, plain.nsp);
}, 15);

property("every token sees both sides: a change anywhere changes the logits everywhere", inputs, (drawn) => {
  const { bert, tokens, random } = draw(drawn);
  const at = random.integer(0, drawn.T);
  const changed = tokens.map((row) => row.with(at, (row[at]! + 1) % SIZES.vocabSize));
  const difference = bert.forward(changed).mlm.sub(bert.forward(tokens).mlm).abs().max(-1); // [B, T]
  assert.ok(difference.data.every((x) => x > 0));
}, 15);

property("segments matter, and are all 0 by default", inputs, (drawn) => {
  const { bert, tokens } = draw(drawn);
  const first = tokens.map((row) => row.map(() => 0));
  const second = first.map((row) => row.with(-1, 1));
  assertTensorsClose(bert.forward(tokens).mlm, bert.forward(tokens, { segments: first }).mlm, 0);
  assert.notDeepEqual(bert.forward(tokens, { segments: second }).mlm.toArray(), bert.forward(tokens).mlm.toArray());
}, 20);

property("the heads equal those composed by hand", inputs, (drawn) => {
  const { bert, tokens, segments } = draw(drawn);
  const { hidden: x, pooled } = bert.bert.forward(tokens, { segments }); // [B, T, C]
  const { transform, norm, bias } = bert.predictions;
  const transformed = norm.forward(transform.forward(x).gelu());
  const table = bert.bert.tokens.weight; // [V, C]
  const { mlm, nsp } = bert.forward(tokens, { segments });
  assertTensorsClose(mlm, transformed.matmul(table.transpose()).add(bias));
  assertTensorsClose(pooled, bert.bert.pooler!.linear.forward(x.slice(null, 0)).tanh());
  assertTensorsClose(nsp, bert.nextSentence.forward(pooled));
}, 10);

Deno.test("the heads for classes have a class for each sequence, or for each token", () => {
  const [tokens, mask] = [[[1, 2, 3], [4, 5, 0]], [[1, 1, 1], [1, 1, 0]]];
  const random = new Random(1);
  const sequences = new nn.BertForSequenceClassification({ ...SIZES, classes: 4, random });
  const each = new nn.BertForTokenClassification({ ...SIZES, classes: 4, random });
  assert.deepEqual(sequences.forward(tokens, { mask }).shape, [2, 4]);
  assert.deepEqual(each.forward(tokens, { mask }).shape, [2, 3, 4]);
  const { pooled } = sequences.bert.forward(tokens, { mask });
  assertTensorsClose(sequences.forward(tokens, { mask }), sequences.classifier.forward(pooled), 0);
  assertTensorsClose(each.forward(tokens), each.classifier.forward(each.bert.forward(tokens).hidden), 0);
});

Deno.test("a pre-trained encoder can be loaded into a model with another head by its state", () => {
  const random = new Random(1);
  const [trained, tuned] = [
    new nn.BertForPreTraining({ ...SIZES, random }),
    new nn.BertForTokenClassification({ ...SIZES, classes: 3, random }),
  ];
  const { missing, unexpected } = tuned.bert.loadStateDict(trained.bert.stateDict(), { strict: false });
  assert.deepEqual([missing, unexpected], [[], ["pooler.linear.weight", "pooler.linear.bias"]]);
  assertTensorsClose(tuned.bert.forward([[1, 2]]).hidden, trained.bert.forward([[1, 2]]).hidden, 0);
});

Deno.test("weights start normal with deviation 0.02, biases at 0, and norms as usual", () => {
  const models = [
    new nn.BertForPreTraining({ ...SIZES, dim: 32, random: new Random(1) }),
    new nn.BertForSequenceClassification({ ...SIZES, dim: 32, classes: 5, random: new Random(1) }),
    new nn.BertForTokenClassification({ ...SIZES, dim: 32, classes: 5, random: new Random(1) }),
  ];
  for (const [name, p] of models.flatMap((model) => model.namedParameters())) {
    if (name.toLowerCase().includes("norm.weight")) assert.ok(p.data.every((x) => x === 1), name);
    else if (/bias$/i.test(name)) assert.ok(p.data.every((x) => x === 0), name);
    else {
      const deviation = Math.sqrt(p.mul(p).mean().item());
      assert.ok(Math.abs(deviation / 0.02 - 1) < 5 / Math.sqrt(2 * p.size), `${name}: ${deviation}`);
    }
  }
});

Deno.test("dropout acts only in training", () => {
  const bert = new nn.BertForPreTraining({ ...SIZES, dropout: 0.2, random: new Random(1) });
  const run = () => bert.forward([[1, 2, 3]]).mlm.toArray();
  assert.notDeepEqual(run(), run());
  bert.eval();
  assert.deepEqual(run(), run());
});

Deno.test("sequences longer than the context, and unknown tokens and segments, are rejected", () => {
  const bert = new nn.BertForPreTraining({ ...SIZES, random: new Random(1) });
  assert.throws(() => bert.forward([Array.from({ length: 10 }, () => 1)]), {
    name: "RangeError",
    message: "Cannot read 10 tokens, as the context is of at most 9",
  });
  assert.throws(() => bert.forward([[1, 11]]), { name: "RangeError" });
  assert.throws(() => bert.forward([[1, 2]], { segments: [[0, 2]] }), { name: "RangeError" });
  assert.throws(() => bert.forward([[1, 2]], { segments: [[0, 1, 1]] }), { name: "TypeError" });
});

Deno.test("tokens and segments that are not [B, T] are rejected with the expected shape, and typed arrays are accepted", () => {
  // These calls skip type checks, as in a notebook.
  // deno-lint-ignore no-explicit-any
  const bert: { forward(...given: any[]): { hidden: Tensor } } = new nn.BERT({ ...SIZES, random: new Random(1) });
  for (const tokens of [[1, 2, 3], [1], 5, "text", null, [[1, 2], [3]]]) {
    assert.throws(() => bert.forward(tokens), { name: "TypeError", message: /tokens must be \[B, T\]/ });
  }
  assert.throws(() => bert.forward([[[1]]]), { name: "TypeError" });
  assert.throws(() => bert.forward([]), { name: "TypeError" });
  assert.throws(() => bert.forward([[1.5]]), { name: "TypeError" });
  assert.throws(() => bert.forward([[1, 2]], { segments: [0, 1] }), /segments must be \[B, T\]/);
  for (
    const [name, rows] of [["mask", [[1]]], ["mask", [[1, 1], [1, 1]]], ["segments", [[0]]], ["segments", [[0, 0, 0]]]]
  ) {
    assert.throws(() => bert.forward([[1, 2]], { [`${name}`]: rows }), {
      name: "TypeError",
      message: /must be \[1, 2\]: \[/,
    });
  }
  assert.throws(() => bert.forward([[1, 2]], { mask: [[0, -Infinity]] }), /must be true, false, 1 or 0/);
  assert.throws(() => bert.forward([[1, 2]], { segment: [[0, 1]] }), /no option "segment"/);
  assertTensorsClose(bert.forward([Int32Array.of(1, 2)]).hidden, bert.forward([[1, 2]]).hidden, 0);
});

Deno.test("the padding token's vector starts at 0, and gets a gradient only from the output table", () => {
  const options = { ...SIZES, paddingIndex: 3, random: new Random(1) };
  const bert = new nn.BERT(options);
  assert.ok(bert.tokens.weight.slice(3).data.every((x) => x === 0));
  bert.forward([[3, 1, 3]]).hidden.sin().sum().backward();
  const rows = bert.tokens.weight.grad!.abs().sum(-1).data;
  assert.deepEqual([...rows].map((row) => row > 0), [...rows].map((_, token) => token === 1));
  const masked = new nn.BertForMaskedLM(options);
  masked.forward([[3, 1]]).sin().sum().backward();
  assert.ok(masked.bert.tokens.weight.grad!.slice(3).abs().sum().item() > 0);
});

Deno.test("a head may have its own table for the logits, and the tokens' table then only embeds", () => {
  const bert = new nn.BertForMaskedLM({ ...SIZES, tied: false, activation: "tanh", random: new Random(1) });
  const { transform, norm, table, bias } = bert.predictions;
  const tokens = [[1, 2]];
  const { hidden } = bert.bert.forward(tokens);
  const transformed = norm.forward(transform.forward(hidden).tanh());
  assertTensorsClose(bert.forward(tokens), transformed.matmul(table!.weight.transpose()).add(bias), 0);
  bert.forward(tokens).sum().backward();
  assert.equal(bert.bert.tokens.weight.grad!.slice(5).abs().sum().item(), 0);
});

Deno.test("the head for answers gives logits of the beginning and the end for each token", () => {
  const bert = new nn.BertForQuestionAnswering({ ...SIZES, random: new Random(1) });
  const { start, end } = bert.forward([[1, 2, 3], [3, 2, 1]]);
  const logits = bert.outputs.forward(bert.bert.forward([[1, 2, 3], [3, 2, 1]]).hidden); // [B, T, 2]
  assertTensorsClose(Tensor.stack([start, end], -1), logits, 0);
});

Deno.test("each class has a name", () => {
  const options = { ...SIZES, classes: 2, random: new Random(1) };
  assert.deepEqual(new nn.BertForSequenceClassification(options).labels, ["LABEL_0", "LABEL_1"]);
  assert.throws(() => new nn.BertForSequenceClassification({ ...options, labels: ["one"] }), {
    name: "RangeError",
    message: "Cannot make a classifier, as each class must have one name: 1 for 2",
  });
});
