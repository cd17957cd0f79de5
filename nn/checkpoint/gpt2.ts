/** GPT-2 in Hugging Face's layout: `wte`, `wpe`, `h.0.attn.c_attn` …, with linear weights `[in, out]`. */

import type { GPTOptions } from "../models/gpt.ts";
import { activationName, type Config } from "./config.ts";
import { affine, type Layout, type Rule } from "./layout.ts";

/** The settings of a GPT, all of them. */
type Settings = Omit<GPTOptions, "random">;

/** BERT's names for settings, which Hugging Face also accepts for GPT-2. */
const ALIASES = {
  n_embd: "hidden_size",
  n_positions: "max_position_embeddings",
  n_head: "num_attention_heads",
  n_layer: "num_hidden_layers",
};

/** GPT-2's own number of tokens, and the last of them, `<|endoftext|>`: the defaults of its configuration. */
const GPT2_TOKENS = 50257;

/** The model of a configuration. Defaults: those of the smallest GPT-2. */
export function gpt2Options(given: Config): Settings {
  const config = given.withAliases(ALIASES);
  config.expectModel("gpt2");
  for (const name of ["scale_attn_by_inverse_layer_idx", "add_cross_attention", "is_encoder_decoder"]) {
    config.expect(name, false);
  }
  config.expect("scale_attn_weights", true);
  for (const name of ["pruned_heads", "quantization_config"]) config.expectNone(name);
  const [dim, vocabSize] = [
    config.count("n_embd", { otherwise: 768 }),
    config.count("vocab_size", { otherwise: GPT2_TOKENS }),
  ];
  // Configurations of small vocabularies often keep GPT-2's own token, which is not one of theirs.
  const token = (name: string) => {
    const value = config.has(name) ? config.get(name) : GPT2_TOKENS - 1;
    return typeof value === "number" && value < vocabSize
      ? config.count(name, { least: 0, otherwise: value })
      : undefined;
  };
  const [bosToken, eosToken] = [token("bos_token_id"), token("eos_token_id")];
  return {
    vocabSize,
    contextLength: config.count("n_positions", { otherwise: 1024 }),
    layers: config.count("n_layer", { most: 10_000, otherwise: 12 }),
    heads: config.heads("n_head", dim, 12),
    dim,
    hidden: config.count("n_inner", { otherwise: 4 * dim }),
    activation: config.activation("activation_function", "gelu_new"),
    dropout: config.dropout("resid_pdrop", 0.1),
    attentionDropout: config.dropout("attn_pdrop", 0.1),
    embeddingDropout: config.dropout("embd_pdrop", 0.1),
    tied: config.flag("tie_word_embeddings", true),
    eps: config.epsilon("layer_norm_epsilon", 1e-5),
    ...(bosToken !== undefined && { bosToken }),
    ...(eosToken !== undefined && { eosToken }),
  };
}

/** The configuration of a model. */
export function gpt2Config(settings: Settings): Record<string, unknown> {
  const { vocabSize, contextLength, layers, heads, dim, hidden = 4 * dim, activation = "geluTanh" } = settings;
  const { dropout = 0, attentionDropout = dropout, embeddingDropout = dropout, eps = 1e-5, tied = true } = settings;
  return {
    model_type: "gpt2",
    architectures: ["GPT2LMHeadModel"],
    vocab_size: vocabSize,
    n_positions: contextLength,
    n_ctx: contextLength,
    n_embd: dim,
    n_layer: layers,
    n_head: heads,
    n_inner: hidden === 4 * dim ? null : hidden,
    activation_function: activationName(activation),
    resid_pdrop: dropout,
    embd_pdrop: embeddingDropout,
    attn_pdrop: attentionDropout,
    layer_norm_epsilon: eps,
    initializer_range: 0.02,
    tie_word_embeddings: tied,
    bos_token_id: settings.bosToken ?? null,
    eos_token_id: settings.eosToken ?? null,
    dtype: "float32",
  };
}

/** The layout of a model in a folder; `separate`: queries, keys and values in separate tensors. */
export function gpt2Layout(settings: Settings, { separate = false }: { separate?: boolean } = {}): Layout {
  return {
    wanted: "GPT",
    held,
    readable: (held) => ["GPT2LMHeadModel", "GPT2Model"].includes(held),
    canonical: (name) => OLD_MASK.test(name) ? undefined : name.replace(/^transformer\./, ""),
    rules: () => gpt2Rules(settings, { separate }),
    ties: settings.tied ?? true ? { "lm_head.weight": "wte.weight" } : {},
    spare: /^$/,
  };
}

/** Old checkpoints also contain causal masks. */
const OLD_MASK = /(^|\.)attn\.(masked_)?bias$/;

/** The heads by their tensors, and the classes that have them. */
const HEADS = [
  ["score.", "GPT2ForSequenceClassification"],
  ["classifier.", "GPT2ForTokenClassification"],
  ["qa_outputs.", "GPT2ForQuestionAnswering"],
  ["multiple_choice_head.", "GPT2DoubleHeadsModel"],
  ["lm_head.", "GPT2LMHeadModel"],
] as const;

function held(names: ReadonlySet<string>): string {
  const heads = HEADS.filter(([head]) => [...names].some((name) => name.startsWith(head)));
  return heads[0]?.[1] ?? "GPT2Model"; // which a model with a tied head may also be saved as
}

/**
 * The rules of a model's tensors; `separate`: queries, keys and values in separate tensors, as linear layers
 * `[out, in]`.
 */
export function* gpt2Rules(settings: Settings, { separate = false }: { separate?: boolean } = {}): Iterable<Rule> {
  const { vocabSize, contextLength, layers, dim, hidden = 4 * dim, tied = true } = settings;
  const transposed = { transposed: true };
  yield { theirs: "wte.weight", shape: [vocabSize, dim], ours: ["tokens.weight"] };
  yield { theirs: "wpe.weight", shape: [contextLength, dim], ours: ["positions.weight"] };
  for (let i = 0; i < layers; i++) {
    const [theirs, ours] = [`h.${i}`, `blocks.${i}`];
    const parts = ["query", "key", "value"].map((part) => `${ours}.attention.${part}`);
    yield* affine(`${theirs}.ln_1`, `${ours}.attentionNorm`, [dim]);
    if (separate) {
      for (const [p, part] of ["q", "k", "v"].entries()) {
        yield* affine(`${theirs}.attn.${part}_proj`, parts[p]!, [dim, dim]);
      }
    } else yield* affine(`${theirs}.attn.c_attn`, parts, [dim, 3 * dim], transposed);
    yield* affine(`${theirs}.attn.c_proj`, `${ours}.attention.out`, [dim, dim], transposed);
    yield* affine(`${theirs}.ln_2`, `${ours}.feedForwardNorm`, [dim]);
    yield* affine(`${theirs}.mlp.c_fc`, `${ours}.feedForward.up`, [dim, hidden], transposed);
    yield* affine(`${theirs}.mlp.c_proj`, `${ours}.feedForward.down`, [hidden, dim], transposed);
  }
  yield* affine("ln_f", "norm", [dim]);
  if (!tied) yield { theirs: "lm_head.weight", shape: [vocabSize, dim], ours: ["head.weight"] };
}
