/** Valid calls of what nn/models exports. */

import { nn, Random, Tensor } from "../../../mod.ts";
import { newFolder } from "../../support/folders.ts";
import type { Calls } from "../law.ts";

const random = () => new Random(1);
const sizes = () => ({ vocabSize: 9, contextLength: 6, layers: 1, heads: 2, dim: 4, random: random() });
const encoder = () => ({
  ...sizes(),
  hidden: 6,
  activation: "relu" as const,
  segments: 2,
  dropout: 0.1,
  attentionDropout: 0.2,
  eps: 1e-6,
  paddingIndex: 0,
});
const classifier = () => ({ ...encoder(), classes: 2, labels: ["no", "yes"], classifierDropout: 0.3 });
const tokens = [[1, 2, 3], [4, 5, 0]];
const inputs = () => ({ segments: [[0, 0, 1], [0, 1, 1]], mask: [[1, 1, 1], [1, 1, 0]] });

/** A model that can be saved, and read again. */
interface Saved<M> {
  new (options: never): M;
  fromPretrained(folder: string): Promise<M>;
}

/** The calls of a class of BERTs. */
function bert<M extends { savePretrained(folder: string): Promise<void> }>(
  type: Saved<M>,
  options: () => object,
): Calls {
  const name = `nn.${type.name}`;
  const make = () => new type(options() as never); // the options of this class, as the law tries them
  const folder = async () => {
    const folder = await newFolder();
    await make().savePretrained(folder);
    return folder;
  };
  return {
    [name]: () => ({ given: [options()] }),
    [`${name}#forward`]: () => ({ on: make(), given: [tokens, inputs()] }),
    [`${name}.fromPretrained`]: async () => ({ given: [await folder()] }),
    [`${name}#savePretrained`]: async () => ({ on: make(), given: [await folder()] }),
  };
}

const gptOptions = () => ({
  ...sizes(),
  hidden: 6,
  activation: "relu" as const,
  dropout: 0.1,
  attentionDropout: 0.2,
  embeddingDropout: 0.3,
  bias: true,
  tied: false,
  eps: 1e-6,
  bosToken: 1,
  eosToken: 2,
});
const headOptions = () => ({
  dim: 4,
  vocabSize: 9,
  activation: "relu" as const,
  eps: 1e-6,
  tied: true,
  random: random(),
});

const transformerOptions = () => ({
  sourceVocabSize: 9,
  targetVocabSize: 9,
  layers: 1,
  heads: 2,
  dim: 8,
  hidden: 6,
  activation: "gelu" as const,
  norm: "pre" as const,
  bias: true,
  eps: 1e-6,
  dropout: 0.1,
  attentionDropout: 0.2,
  random: random(),
});
const realSource = [[1, 1, 1], [1, 1, 0]];

export const MODELS: Calls = {
  ...bert(nn.GPT, gptOptions),
  "nn.GPT#forward": () => ({
    on: new nn.GPT(gptOptions()),
    given: [tokens, { caches: [new nn.KeyValueCache()], last: true }],
  }),
  ...bert(nn.BERT, () => ({ ...encoder(), pooler: true })),
  ...bert(nn.BertForPreTraining, () => ({ ...encoder(), tied: false })),
  ...bert(nn.BertForMaskedLM, () => ({ ...encoder(), tied: false })),
  ...bert(nn.BertForSequenceClassification, classifier),
  ...bert(nn.BertForTokenClassification, classifier),
  ...bert(nn.BertForQuestionAnswering, encoder),
  "nn.Transformer": () => ({ given: [transformerOptions()] }),
  "nn.Transformer#forward": () => ({
    on: new nn.Transformer(transformerOptions()),
    given: [tokens, tokens, realSource],
  }),
  "nn.Transformer#encode": () => ({ on: new nn.Transformer(transformerOptions()), given: [tokens, realSource] }),
  "nn.Transformer#decode": () => ({
    on: new nn.Transformer(transformerOptions()),
    given: [tokens, Tensor.ones([2, 3, 8]), realSource],
  }),
  "nn.Pooler": () => ({ given: [4, { random: random() }] }),
  "nn.Pooler#forward": () => ({ on: new nn.Pooler(4, { random: random() }), given: [Tensor.ones([2, 3, 4])] }),
  "nn.MaskedTokenHead": () => ({ given: [headOptions()] }),
  "nn.MaskedTokenHead#forward": () => ({
    on: new nn.MaskedTokenHead(headOptions()),
    given: [Tensor.ones([2, 3, 4]), new nn.Embedding(9, 4, { random: random() })],
  }),
  "nn.meanPool": () => ({ given: [Tensor.ones([2, 3, 4]), [[1, 1, 1], [1, 0, 0]]] }),
};
