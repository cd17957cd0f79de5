/** BERT as Hugging Face lays it out: `bert.embeddings`, `bert.encoder.layer.0` …, `cls.predictions`. */

import type { BertOptions } from "../models/bert.ts";
import type { Config, Reading } from "./folder.ts";
import { affine, type Rule } from "./layout.ts";

/** What a configuration says of the sizes. */
export function bertOptions(config: Config): Omit<BertOptions, "random"> {
  config.expect("model_type", "bert");
  config.expect("hidden_act", "gelu");
  config.expect("position_embedding_type", "absolute");
  config.expect("tie_word_embeddings", true);
  for (const name of ["is_decoder", "add_cross_attention"]) config.expect(name, false);
  const dim = config.count("hidden_size");
  return {
    vocabSize: config.count("vocab_size"),
    contextLength: config.count("max_position_embeddings", { otherwise: 512 }),
    layers: config.count("num_hidden_layers", { most: 10_000 }),
    heads: config.heads("num_attention_heads", dim),
    dim,
    hidden: config.count("intermediate_size", { otherwise: 4 * dim }),
    segments: config.count("type_vocab_size", { otherwise: 2 }),
    dropout: config.number("hidden_dropout_prob", { least: 0, most: 0.999, otherwise: 0.1 }),
    eps: config.number("layer_norm_eps", { least: 0, most: 1, otherwise: 1e-12 }),
  };
}

/** The configuration that says so. */
export function bertConfig(options: Omit<BertOptions, "random">, architecture: string): Record<string, unknown> {
  const { vocabSize, contextLength, layers, heads, dim, hidden = 4 * dim, segments = 2, dropout = 0.1, eps } = options;
  return {
    model_type: "bert",
    architectures: [architecture],
    vocab_size: vocabSize,
    max_position_embeddings: contextLength,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    hidden_size: dim,
    intermediate_size: hidden,
    type_vocab_size: segments,
    hidden_act: "gelu",
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
    layer_norm_eps: eps ?? 1e-12,
    initializer_range: 0.02,
    tie_word_embeddings: true,
  };
}

/** How the tensors of a model of these sizes are read. Old checkpoints hold the positions' own numbers too. */
export function bertReading(options: Omit<BertOptions, "random">): Reading {
  const { vocabSize, contextLength, layers, dim, hidden = 4 * dim, segments = 2 } = options;
  return {
    prefix: "",
    ignored: /position_ids$/,
    ties: {
      "cls.predictions.decoder.weight": "bert.embeddings.word_embeddings.weight",
      "cls.predictions.decoder.bias": "cls.predictions.bias",
    },
    size: (vocabSize + contextLength + segments) * dim + layers * (4 * dim ** 2 + 2 * dim * hidden),
  };
}

/** The rules for a model of so many layers with the heads of pre-training. */
export function bertRules(layers: number): Rule[] {
  const embeddings = ["word", "position", "token_type"].map((kind, i) => ({
    theirs: `bert.embeddings.${kind}_embeddings.weight`,
    ours: [`bert.${["tokens", "positions", "segments"][i]}.weight`],
  }));
  const blocks = Array.from({ length: layers }, (_, i) => {
    const [theirs, ours] = [`bert.encoder.layer.${i}`, `bert.blocks.${i}`];
    return [
      ...["query", "key", "value"].flatMap((part) =>
        affine(`${theirs}.attention.self.${part}`, `${ours}.attention.${part}`)
      ),
      ...affine(`${theirs}.attention.output.dense`, `${ours}.attention.out`),
      ...affine(`${theirs}.attention.output.LayerNorm`, `${ours}.attentionNorm`),
      ...affine(`${theirs}.intermediate.dense`, `${ours}.feedForward.up`),
      ...affine(`${theirs}.output.dense`, `${ours}.feedForward.down`),
      ...affine(`${theirs}.output.LayerNorm`, `${ours}.feedForwardNorm`),
    ];
  });
  return [
    ...embeddings,
    ...affine("bert.embeddings.LayerNorm", "bert.norm"),
    ...blocks.flat(),
    ...affine("bert.pooler.dense", "pooler.linear"),
    { theirs: "cls.predictions.bias", ours: ["outputBias"] },
    ...affine("cls.predictions.transform.dense", "transform"),
    ...affine("cls.predictions.transform.LayerNorm", "transformNorm"),
    ...affine("cls.seq_relationship", "nextSentence"),
  ];
}
