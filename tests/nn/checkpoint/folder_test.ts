import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { assertTensorsClose } from "../../support/closeness.ts";
import { inFolder } from "../../support/folders.ts";
import { SEED } from "../../support/seed.ts";

await useDevice("reference");

const sizes = fc.record({
  vocabSize: fc.integer({ min: 1, max: 6 }),
  contextLength: fc.integer({ min: 1, max: 5 }),
  layers: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 2 }),
  D: fc.integer({ min: 1, max: 3 }),
  bias: fc.boolean(),
  dropout: fc.constantFrom(0, 0.25),
  eps: fc.constantFrom(1e-5, 1e-3),
  seed: fc.nat(),
});

/** Sets every parameter to numbers that are exact in float32. */
function randomise<M extends nn.Module>(model: M, random: Random): M {
  for (const p of model.parameters()) p.assign(Float32Array.from({ length: p.size }, () => random.normal()));
  return model;
}

Deno.test("a GPT of any sizes comes back from its folder: options, numbers, and what it computes", () =>
  inFolder(async (folder) => {
    const law = fc.asyncProperty(sizes, async ({ D, seed, ...drawn }) => {
      const random = new Random(seed);
      const gpt = randomise(new nn.GPT({ ...drawn, dim: drawn.heads * D, random }), random).eval();
      await gpt.savePretrained(folder);
      const back = await nn.GPT.fromPretrained(folder);
      assert.deepEqual(back.options, { ...gpt.options, bias: true }); // GPT-2 has biases; those that were not are 0
      const state = back.stateDict();
      for (const [name, p] of gpt.namedParameters()) assert.deepEqual(state[name]?.toArray(), p.toArray(), name);
      assertTensorsClose(back.forward([[0]]), gpt.forward([[0]]));
      assert.equal(back.training, false);
    });
    await fc.assert(law, { seed: SEED, numRuns: 25 });
  }));

Deno.test("a BERT of any sizes comes back from its folder", () =>
  inFolder(async (folder) => {
    const law = fc.asyncProperty(sizes, async ({ D, seed, bias: _, ...drawn }) => {
      const random = new Random(seed);
      const options = { ...drawn, dim: drawn.heads * D, hidden: 3, segments: 3, random };
      const bert = randomise(new nn.BertForPreTraining(options), random).eval();
      await bert.savePretrained(folder);
      const back = await nn.BertForPreTraining.fromPretrained(folder);
      assert.deepEqual(back.bert.options, bert.bert.options);
      const [found, expected] = [back.stateDict(), bert.stateDict()];
      assert.deepEqual(Object.keys(found), Object.keys(expected));
      for (const [name, p] of Object.entries(expected)) assert.deepEqual(found[name]?.toArray(), p.toArray(), name);
    });
    await fc.assert(law, { seed: SEED, numRuns: 25 });
  }));

/** A saved GPT-2 whose configuration and tensors are changed. */
async function changed(
  folder: string,
  change: (config: Record<string, unknown>, tensors: nn.StateDict) => void,
): Promise<nn.GPT> {
  const random = new Random(1);
  const gpt = new nn.GPT({ vocabSize: 5, contextLength: 4, layers: 1, heads: 1, dim: 4, random });
  await gpt.savePretrained(folder);
  const config = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
  const { tensors } = await nn.readSafetensors(`${folder}/model.safetensors`);
  change(config, tensors);
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
  await nn.writeSafetensors(`${folder}/model.safetensors`, tensors);
  return await nn.GPT.fromPretrained(folder);
}

Deno.test("missing settings have the defaults, and unknown ones are ignored", () =>
  inFolder(async (folder) => {
    const gpt = await changed(folder, (config, tensors) => {
      for (const name of ["n_positions", "resid_pdrop", "layer_norm_epsilon", "activation_function", "model_type"]) {
        delete config[name];
      }
      Object.assign(config, { n_inner: null, summary_type: "cls_index", reorder_and_upcast_attn: true, n_inner_: -1 });
      tensors["wpe.weight"] = Tensor.ones([1024, 4]); // GPT-2's own length
    });
    const { contextLength, dropout, eps } = gpt.options;
    assert.deepEqual({ contextLength, dropout, eps }, { contextLength: 1024, dropout: 0.1, eps: 1e-5 });
  }));

Deno.test("missing, unexpected and misshapen tensors are all listed at once", () =>
  inFolder(async (folder) => {
    const loading = changed(folder, (_, tensors) => {
      delete tensors["ln_f.bias"];
      tensors["h.0.mlp.c_fc.bias"] = Tensor.ones([3]);
      tensors["h.7.ln_1.weight"] = Tensor.ones([4]);
    });
    await assert.rejects(loading, {
      name: "ModelFolderError",
      problems: [
        "h.0.mlp.c_fc.bias: shape [3] where it must be [16]",
        "missing: ln_f.bias",
        "unexpected: h.7.ln_1.weight",
      ],
    });
  }));

Deno.test("an unsupported setting is named with its rule and value", () =>
  inFolder(async (folder) => {
    const refused = (settings: Record<string, unknown>, rule: string) =>
      assert.rejects(changed(folder, (config) => void Object.assign(config, settings)), (error: unknown) => {
        assert.ok(error instanceof nn.ConfigError && error instanceof SyntaxError);
        assert.ok(error.message.endsWith(rule), error.message);
        return true;
      });
    await refused({ n_layer: 0 }, "as n_layer must be a whole number from 1 to 10000: 0");
    await refused({ n_head: 3 }, "as n_head must divide the width of 4: 3");
    await refused({ layer_norm_epsilon: -1 }, "as layer_norm_epsilon must be a finite number of at least 0: -1");
    await refused({ resid_pdrop: 1 }, "as resid_pdrop must be below 1, as otherwise nothing is left: 1");
    await refused({ activation_function: "gelu_10" }, 'or "tanh" is supported for activation_function: "gelu_10"');
    await refused(
      { scale_attn_by_inverse_layer_idx: true },
      "only false is supported for scale_attn_by_inverse_layer_idx: true",
    );
    await refused({ pruned_heads: { 0: [1] } }, "as pruned_heads is not supported: an object");
    await refused({ quantization_config: { bits: 4 } }, "as quantization_config is not supported: an object");
    await refused({ tie_word_embeddings: "no" }, 'as tie_word_embeddings must be true or false: "no"');
    await refused({ eos_token_id: -1 }, "as eos_token_id must be a whole number from 0 to 2147483647: -1");
  }));

Deno.test("a folder that does not exist, or lacks a file, is Deno's own error", () =>
  inFolder(async (folder) => {
    await assert.rejects(nn.GPT.fromPretrained(`${folder}/none`), Deno.errors.NotFound);
    await changed(folder, () => {});
    await Deno.remove(`${folder}/model.safetensors`);
    await assert.rejects(nn.GPT.fromPretrained(folder), Deno.errors.NotFound);
  }));

Deno.test("saving creates the folder, and leaves only its files in it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a/b`;
    const gpt = new nn.GPT({ vocabSize: 5, contextLength: 4, layers: 1, heads: 1, dim: 4, random: new Random(1) });
    await Promise.all([gpt.savePretrained(path), gpt.savePretrained(path)]);
    assert.deepEqual([...Deno.readDirSync(path)].map(({ name }) => name).sort(), ["config.json", "model.safetensors"]);
  }));
