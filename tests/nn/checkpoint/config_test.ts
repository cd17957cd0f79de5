/** Configurations that mean the same, and those that need something unsupported. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { nn, Random, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { inFolder } from "../../support/folders.ts";
import { SEED } from "../../support/seed.ts";

await useDevice("reference");

const sizes = { vocabSize: 7, contextLength: 5, layers: 1, heads: 2, dim: 4, random: new Random(1) };

interface Saved<M> {
  save(): M & { savePretrained(folder: string): Promise<void> };
  load(folder: string): Promise<M>;
}

/** A saved model, read again with another configuration. */
function withConfig<M>({ save, load }: Saved<M>, change: (config: Record<string, unknown>) => object): Promise<M> {
  return inFolder(async (folder) => {
    await save().savePretrained(folder);
    const path = `${folder}/config.json`;
    await Deno.writeTextFile(path, JSON.stringify(change(JSON.parse(await Deno.readTextFile(path)))));
    return await load(folder);
  });
}

const GPT: Saved<nn.GPT> = { save: () => new nn.GPT(sizes), load: nn.GPT.fromPretrained };
const BERT: Saved<nn.BERT> = { save: () => new nn.BERT(sizes), load: nn.BERT.fromPretrained };

Deno.test("GPT-2's sizes may have BERT's names, as in Hugging Face's libraries", async () => {
  const { options } = await withConfig(GPT, ({ n_embd, n_positions, n_head, n_layer, ...rest }) => {
    const renamed = { max_position_embeddings: n_positions, num_attention_heads: n_head, num_hidden_layers: n_layer };
    return { ...rest, hidden_size: n_embd, ...renamed };
  });
  const { dim, contextLength, heads, layers } = options;
  assert.deepEqual({ dim, contextLength, heads, layers }, { dim: 4, contextLength: 5, heads: 2, layers: 1 });
});

Deno.test("a configuration, and an index of shards, must be UTF-8", () =>
  inFolder(async (folder) => {
    await new nn.BertForTokenClassification({ ...sizes, classes: 1, labels: ["é"] }).savePretrained(folder);
    const path = `${folder}/config.json`;
    const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
    await Deno.writeFile(path, latin1(await Deno.readTextFile(path)));
    await assert.rejects(nn.BertForTokenClassification.fromPretrained(folder), /^ConfigError: .*it must be UTF-8$/);
    await Deno.remove(`${folder}/model.safetensors`);
    await Deno.writeFile(`${folder}/model.safetensors.index.json`, latin1('{ "weight_map": { "é": "a" } }'));
    await Deno.writeTextFile(path, "{}");
    await assert.rejects(nn.BERT.fromPretrained(folder), /^SafetensorsError: .*it must be UTF-8$/);
  }));

Deno.test("a setting that is given by both its names must be one", async () => {
  await withConfig(GPT, (config) => ({ ...config, hidden_size: 4, num_hidden_layers: null }));
  await assert.rejects(
    withConfig(GPT, (config) => ({ ...config, num_hidden_layers: 5 })),
    /n_layer and num_hidden_layers are one setting, and must be the same: 1, 5$/,
  );
});

const SYNONYMS: Record<string, string[]> = {
  gelu: ["gelu", "gelu_python"],
  geluTanh: ["gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate"],
  relu: ["relu"],
  silu: ["silu", "swish"],
  tanh: ["tanh"],
};

Deno.test("an activation is known by each of its names", async () => {
  for (const [activation, names] of Object.entries(SYNONYMS)) {
    for (const name of names) {
      const gpt = await withConfig(GPT, (config) => ({ ...config, activation_function: name }));
      const bert = await withConfig(BERT, (config) => ({ ...config, hidden_act: name }));
      assert.deepEqual([gpt.options.activation, bert.options.activation], [activation, activation]);
      assert.equal(gpt.blocks[0]?.feedForward.activation, activation);
    }
  }
});

Deno.test("settings that do not affect the computation, or are off, are accepted", async () => {
  const harmless = {
    chunk_size_feed_forward: 2,
    gradient_checkpointing: true,
    output_attentions: true,
    pruned_heads: {},
    quantization_config: null,
    reorder_and_upcast_attn: true,
    task_specific_params: { text: { max_length: 50 } },
    torch_dtype: "bfloat16",
    transformers_version: "4.8.2",
    use_cache: false,
  };
  await withConfig(GPT, (config) => ({ ...config, ...harmless, scale_attn_weights: true, add_cross_attention: false }));
  await withConfig(
    BERT,
    (config) => ({ ...config, ...harmless, position_embedding_type: "absolute", is_decoder: null }),
  );
});

Deno.test("an unsupported setting of a BERT is named, with what is supported", async () => {
  const refused = (settings: object, message: RegExp) =>
    assert.rejects(withConfig(BERT, (config) => ({ ...config, ...settings })), { name: "ConfigError", message });
  await refused({ is_decoder: true }, /only false is supported for is_decoder: true$/);
  await refused(
    { position_embedding_type: "relative_key" },
    /only "absolute" is supported for position_embedding_type/,
  );
  await refused({ model_type: "roberta" }, /only "bert" is supported for model_type: "roberta"$/);
  await refused({ hidden_act: "quick_gelu" }, /or "swish" or "tanh" is supported for hidden_act: "quick_gelu"$/);
  await refused({ pad_token_id: 7 }, /pad_token_id must be a whole number from 0 to 6: 7$/);
});

Deno.test("a configuration is rejected before the weights are opened", () =>
  inFolder(async (folder) => {
    const config = { model_type: "gpt2", scale_attn_by_inverse_layer_idx: true };
    await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
    await assert.rejects(nn.GPT.fromPretrained(folder), /only false is supported for scale_attn_by_inverse_layer_idx/);
  }));

Deno.test("missing settings have Hugging Face's defaults", async () => {
  const without = (name: string) => (config: Record<string, unknown>) => {
    const { [name]: _, ...rest } = config;
    return rest;
  };
  const dims: [string, RegExp][] = [["n_embd", /wte\.weight: shape \[7, 4\] where it must be \[7, 768\]/], [
    "vocab_size",
    /wte\.weight: shape \[7, 4\] where it must be \[50257, 4\]/,
  ], ["n_head", /n_head must divide the width of 4: 12/]];
  for (const [name, message] of dims) await assert.rejects(withConfig(GPT, without(name)), message);
  const berts: [string, RegExp][] = [["hidden_size", /shape \[7, 4\] where it must be \[7, 768\]/], [
    "intermediate_size",
    /intermediate\.dense\.weight: shape \[16, 4\] where it must be \[3072, 4\]/,
  ]];
  for (const [name, message] of berts) await assert.rejects(withConfig(BERT, without(name)), message);
});

Deno.test("the number of classes is that of their names, or num_labels, or two", async () => {
  const saved = (classes: number) => ({
    save: () => new nn.BertForTokenClassification({ ...sizes, classes }),
    load: nn.BertForTokenClassification.fromPretrained,
  });
  const without = ({ id2label: _, label2id: __, ...rest }: Record<string, unknown>) => rest;
  const three = await withConfig(saved(3), (config) => ({ ...without(config), num_labels: 3 }));
  assert.deepEqual(three.labels, ["LABEL_0", "LABEL_1", "LABEL_2"]);
  assert.equal((await withConfig(saved(2), without)).labels.length, 2);
  await assert.rejects(withConfig(saved(3), without), /classifier\.weight: shape \[3, 4\] where it must be \[2, 4\]/);
  const named = { id2label: { 0: "O", 2: "I" } };
  await assert.rejects(
    withConfig(saved(2), (config) => ({ ...config, ...named })),
    /id2label must name classes by "0", "1"/,
  );
});

Deno.test("an activation without a Hugging Face name is rejected before any file is touched", () =>
  inFolder(async (folder) => {
    const gpt = new nn.GPT({ ...sizes, activation: "swiglu" });
    await assert.rejects(gpt.savePretrained(`${folder}/a`), /no name for the activation: "swiglu"/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("a GPT with its own head, other widths and activations comes back the same", () =>
  inFolder(async (folder) => {
    for (const activation of ["gelu", "geluTanh", "relu", "silu", "tanh"] as const) {
      const options = { ...sizes, activation, hidden: 7, tied: false, dropout: 0.1, attentionDropout: 0, bosToken: 1 };
      const gpt = new nn.GPT(options).eval();
      for (const p of gpt.parameters()) p.assign(p.data.map(Math.fround)); // as float32 holds them
      await gpt.savePretrained(folder);
      const back = await nn.GPT.fromPretrained(folder);
      assert.deepEqual(back.options, gpt.options);
      assertTensorsClose(back.forward([[1, 2, 3]]), gpt.forward([[1, 2, 3]]), 0);
    }
  }));

const rate = fc.constantFrom(0, 0.1, 0.9995, 1 - 2 ** -53);
const eps = fc.constantFrom(0, 1e-12, 1, 3, 1e30);

Deno.test("whatever options a model has, its folder has them too", async () => {
  const gpts = fc.record({ dropout: rate, attentionDropout: rate, embeddingDropout: rate, eps, tied: fc.boolean() });
  const berts = fc.record({ dropout: rate, classifierDropout: rate, eps, segments: fc.integer({ min: 1, max: 3 }) });
  await fc.assert(
    fc.asyncProperty(gpts, berts, (gptOptions, bertOptions) =>
      inFolder(async (folder) => {
        const gpt = new nn.GPT({ ...sizes, ...gptOptions });
        await gpt.savePretrained(folder);
        assert.deepEqual((await nn.GPT.fromPretrained(folder)).options, gpt.options);
        // Hugging Face takes this setting only as a float, and 1 is none in JSON.
        const config = await Deno.readTextFile(`${folder}/config.json`);
        assert.match(config, /"layer_norm_epsilon": \d*(\.|e|\.\d+e)[-+]?\d+,/);

        const bert = new nn.BertForSequenceClassification({ ...sizes, ...bertOptions, classes: 2 });
        await bert.savePretrained(folder);
        const back = await nn.BertForSequenceClassification.fromPretrained(folder);
        assert.deepEqual([back.bert.options, back.dropout.rate], [bert.bert.options, bert.dropout.rate]);
      })),
    { seed: SEED, numRuns: 20 },
  );
});
