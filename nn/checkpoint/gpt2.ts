/** GPT-2 as Hugging Face lays it out: `wte`, `wpe`, `h.0.attn.c_attn` …, with linear weights `[in, out]`. */

import type { GPTOptions } from "../models/gpt.ts";
import type { Config, Reading } from "./folder.ts";
import { affine, type Rule } from "./layout.ts";

/** What a configuration says of the sizes. */
export function gpt2Options(config: Config): Omit<GPTOptions, "random"> {
  config.expect("model_type", "gpt2");
  config.expect("activation_function", "gelu_new");
  for (const name of ["scale_attn_by_inverse_layer_idx", "add_cross_attention"]) config.expect(name, false);
  for (const name of ["scale_attn_weights", "tie_word_embeddings"]) config.expect(name, true);
  const dim = config.count("n_embd");
  config.expect("n_inner", 4 * dim);
  return {
    vocabSize: config.count("vocab_size"),
    contextLength: config.count("n_positions", { otherwise: 1024 }),
    layers: config.count("n_layer", { most: 10_000 }),
    heads: config.heads("n_head", dim),
    dim,
    dropout: config.number("resid_pdrop", { least: 0, most: 0.999, otherwise: 0.1 }),
    eps: config.number("layer_norm_epsilon", { least: 0, most: 1, otherwise: 1e-5 }),
  };
}

/** The configuration that says so. */
export function gpt2Config(options: Omit<GPTOptions, "random">): Record<string, unknown> {
  const { vocabSize, contextLength, layers, heads, dim, dropout = 0, eps = 1e-5 } = options;
  return {
    model_type: "gpt2",
    architectures: ["GPT2LMHeadModel"],
    vocab_size: vocabSize,
    n_positions: contextLength,
    n_ctx: contextLength,
    n_embd: dim,
    n_layer: layers,
    n_head: heads,
    activation_function: "gelu_new",
    resid_pdrop: dropout,
    embd_pdrop: dropout,
    attn_pdrop: dropout,
    layer_norm_epsilon: eps,
    initializer_range: 0.02,
    tie_word_embeddings: true,
  };
}

/** How the tensors of a model of these sizes are read. Old checkpoints hold causal masks too. */
export function gpt2Reading({ vocabSize, contextLength, layers, dim }: Omit<GPTOptions, "random">): Reading {
  return {
    prefix: "transformer.",
    ignored: /(^|\.)attn\.(masked_)?bias$/,
    ties: { "lm_head.weight": "wte.weight" },
    size: (vocabSize + contextLength) * dim + 12 * layers * dim ** 2,
  };
}

/** The rules for a model of so many layers; `separate`: queries, keys and values apart, as linear layers `[out, in]`. */
export function gpt2Rules(layers: number, { separate = false }: { separate?: boolean } = {}): Rule[] {
  const transposed = { transposed: true };
  const blocks = Array.from({ length: layers }, (_, i) => {
    const [theirs, ours] = [`h.${i}`, `blocks.${i}`];
    const parts = ["query", "key", "value"].map((part) => `${ours}.attention.${part}`);
    return [
      ...affine(`${theirs}.ln_1`, `${ours}.attentionNorm`),
      ...(separate
        ? ["q", "k", "v"].flatMap((part, p) => affine(`${theirs}.attn.${part}_proj`, parts[p]!))
        : affine(`${theirs}.attn.c_attn`, parts, transposed)),
      ...affine(`${theirs}.attn.c_proj`, `${ours}.attention.out`, transposed),
      ...affine(`${theirs}.ln_2`, `${ours}.feedForwardNorm`),
      ...affine(`${theirs}.mlp.c_fc`, `${ours}.feedForward.up`, transposed),
      ...affine(`${theirs}.mlp.c_proj`, `${ours}.feedForward.down`, transposed),
    ];
  });
  return [
    { theirs: "wte.weight", ours: ["tokens.weight"] },
    { theirs: "wpe.weight", ours: ["positions.weight"] },
    ...blocks.flat(),
    ...affine("ln_f", "norm"),
  ];
}
