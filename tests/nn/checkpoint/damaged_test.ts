/** Damaged or hostile files give a named error; nothing is allocated based on their claims, and nothing changes. */

import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../../mod.ts";
import { largestArray } from "../../support/allocations.ts";
import { assemble, type ConfigFields, damagedConfigs, damagedFiles } from "../../support/damaged_files.ts";
import { inFolder } from "../../support/folders.ts";
import { SEED } from "../../support/seed.ts";

await useDevice("reference");

const NAMED = [nn.SafetensorsError, nn.ConfigError, nn.StateDictError];
const EACH = 12;
/** More bytes than any valid file of these tests, except the deep ones. */
const MODEST = 3_000_000;

/** Asserts that loading fails with a named error and a short message, without requesting a large array. */
async function assertRefused(load: () => Promise<unknown>): Promise<void> {
  const largest = await largestArray(async () => {
    const refusal = await load().then(() => undefined, (error: unknown) => error);
    assert.ok(NAMED.some((kind) => refusal instanceof kind), `${refusal ?? "it was loaded"}`);
    assert.ok((refusal as Error).message.length < 2000, "the message is long");
  });
  assert.ok(largest < MODEST, `an array of ${largest} was asked for`);
}

/** A small model in a file, under its own names. */
const model = new nn.FeedForward({ dim: 2, hidden: 3, random: new Random(1) });
const sound = await inFolder(async (folder) => {
  await nn.writeSafetensors(`${folder}/sound`, model.stateDict());
  return await Deno.readFile(`${folder}/sound`);
});

for (const [kind, files] of Object.entries(damagedFiles(sound))) {
  Deno.test(`safetensors files ${kind} are rejected by name, and the model does not change`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/damaged`;
      const law = fc.asyncProperty(files, async (bytes) => {
        await Deno.writeFile(path, bytes);
        const before = JSON.stringify(model.parameters().map((p) => p.toArray()));
        await assertRefused(async () => model.loadStateDict((await nn.readSafetensors(path)).tensors));
        assert.equal(JSON.stringify(model.parameters().map((p) => p.toArray())), before);
      });
      await fc.assert(law, { seed: SEED, numRuns: EACH });
    }));
}

Deno.test("the valid file loads", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/sound`, sound);
    model.loadStateDict((await nn.readSafetensors(`${folder}/sound`)).tensors);
  }));

Deno.test("a file that really has the terabyte claimed in its header is rejected too", () =>
  inFolder(async (folder) => {
    const header = JSON.stringify({ a: { dtype: "U8", shape: [2 ** 40], data_offsets: [0, 2 ** 40] } });
    await Deno.writeFile(`${folder}/file`, assemble(header, new Uint8Array(0)));
    await Deno.truncate(`${folder}/file`, 8 + header.length + 2 ** 40); // a hole: it takes no room on the disk
    await assert.rejects(nn.readSafetensors(`${folder}/file`), {
      name: "SafetensorsError",
      message: /each tensor must fit into memory: 1099511627776 bytes/,
    });
  }));

const random = new Random(1);
const MODELS = {
  "GPT-2": {
    load: nn.GPT.fromPretrained,
    model: new nn.GPT({ vocabSize: 5, contextLength: 4, layers: 2, heads: 2, dim: 4, random }),
    fields: {
      counts: ["vocab_size", "n_positions", "n_embd", "n_layer", "n_head"],
      shares: ["resid_pdrop", "embd_pdrop", "attn_pdrop"],
      others: {
        model_type: ["bert", 7, ["gpt2"]],
        activation_function: ["gelu_10", "quick_gelu", 7, "constructor"],
        n_inner: [7, "16"],
        layer_norm_epsilon: [-1e-5, "1e-5", true],
        tie_word_embeddings: [false, 1], // the weights have no head of their own
        scale_attn_weights: [false],
        scale_attn_by_inverse_layer_idx: [true],
        quantization_config: [{ bits: 4 }],
        pruned_heads: [{ 0: [1] }],
        add_cross_attention: [true],
      },
    },
  },
  BERT: {
    load: nn.BertForPreTraining.fromPretrained,
    model: new nn.BertForPreTraining({ vocabSize: 5, contextLength: 4, layers: 2, heads: 2, dim: 4, random }),
    fields: {
      counts: [
        "vocab_size",
        "max_position_embeddings",
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "type_vocab_size",
      ],
      shares: ["hidden_dropout_prob", "attention_probs_dropout_prob"],
      others: {
        model_type: ["gpt2", {}],
        hidden_act: ["mish"],
        layer_norm_eps: [-1e-12, "1e-12", true],
        position_embedding_type: ["relative_key"],
        is_decoder: [true],
        add_cross_attention: [true],
        tie_word_embeddings: [false], // the weights have no separate table
        pad_token_id: [-1, 5],
      },
    },
  },
} satisfies Record<string, {
  load(folder: string): Promise<nn.Module>;
  model: { savePretrained(folder: string): Promise<void> };
  fields: ConfigFields;
}>;

for (const [name, { load, model, fields }] of Object.entries(MODELS)) {
  const config = await inFolder(async (folder) => {
    await model.savePretrained(folder);
    return await Deno.readTextFile(`${folder}/config.json`);
  });

  for (const [kind, configs] of Object.entries(damagedConfigs(config, fields))) {
    Deno.test(`${name} configurations ${kind} are refused by name`, () =>
      inFolder(async (folder) => {
        await model.savePretrained(folder);
        await load(folder); // it is sound
        const law = fc.asyncProperty(configs, async (text) => {
          await Deno.writeTextFile(`${folder}/config.json`, text);
          await assertRefused(() => load(folder));
        });
        await fc.assert(law, { seed: SEED, numRuns: EACH });
      }));
  }

  Deno.test(`a ${name} configuration of many wide layers that exist only in name makes no model`, () =>
    inFolder(async (folder) => {
      await model.savePretrained(folder);
      const giant = JSON.parse(config, (key, value) => {
        if (/layer(s?)$/.test(key)) return 10_000;
        return /^(n_embd|hidden_size|intermediate_size)$/.test(key) ? 2 ** 20 : value;
      });
      await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(giant));
      await assertRefused(() => load(folder));
    }));
}

const [gpt, bert] = [MODELS["GPT-2"], MODELS.BERT];

for (const [name, { load, model }] of Object.entries({ "GPT-2": gpt, BERT: bert })) {
  Deno.test(`a tensor of another shape in a ${name} folder is rejected by name, whichever rule reads it`, () =>
    inFolder(async (folder) => {
      await model.savePretrained(folder);
      const path = `${folder}/model.safetensors`;
      const { tensors } = await nn.readSafetensors(path);
      for (const [key, tensor] of Object.entries(tensors)) {
        const { shape } = tensor;
        const last = shape.at(-1)!;
        const others = [
          [],
          [...shape, 1],
          shape.with(-1, last + 1),
          shape.with(-1, 4 * last),
          shape.with(0, shape[0]! + 1),
        ];
        for (const other of [...others, ...(shape[0] === last ? [] : [shape.toReversed()])]) {
          await nn.writeSafetensors(path, { ...tensors, [key]: Tensor.zeros(other) });
          await assert.rejects(load(folder), (error: unknown) => {
            assert.ok(error instanceof nn.ModelFolderError);
            const [problem] = error.problems;
            assert.equal(problem, `${key}: shape [${other.join(", ")}] where it must be [${shape.join(", ")}]`);
            return true;
          });
        }
      }
    }));
}

Deno.test("10,000 layers without weights are rejected without being made", () =>
  inFolder(async (folder) => {
    await gpt.model.savePretrained(folder);
    const config = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
    await Deno.writeTextFile(
      `${folder}/config.json`,
      JSON.stringify({ ...config, n_layer: 10_000, n_embd: 1, n_head: 1 }),
    );
    await nn.writeSafetensors(`${folder}/model.safetensors`, { junk: Tensor.zeros([60_000]) }); // numbers enough for them
    const before = Deno.memoryUsage().heapUsed;
    await assert.rejects(nn.GPT.fromPretrained(folder), /missing: wte\.weight[^]*… and 119995 more$/);
    assert.ok(Deno.memoryUsage().heapUsed - before < 100e6); // the layers alone took 600 MB
  }));

Deno.test("very many unexpected tensors are rejected with a short message", () =>
  inFolder(async (folder) => {
    await bert.model.savePretrained(folder);
    const entry = { dtype: "F32", shape: [0], data_offsets: [0, 0] };
    const header = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`tensor${i}`, entry]));
    await Deno.writeFile(`${folder}/model.safetensors`, assemble(JSON.stringify(header), new Uint8Array(0)));
    await assert.rejects(nn.BertForPreTraining.fromPretrained(folder), (error: Error) => error.message.length < 1500);
  }));

Deno.test("a FIFO, a device and a directory are rejected at once", {
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    for (const name of ["config.json", "model.safetensors", "model.safetensors.index.json"]) {
      for (const kind of ["fifo", "device", "directory"]) {
        const path = `${folder}/${name}.${kind}`;
        await gpt.model.savePretrained(path);
        if (name.endsWith("index.json")) await Deno.remove(`${path}/model.safetensors`);
        else await Deno.remove(`${path}/${name}`);
        if (kind === "fifo") await new Deno.Command("mkfifo", { args: [`${path}/${name}`] }).output();
        else if (kind === "device") await Deno.symlink("/dev/zero", `${path}/${name}`);
        else await Deno.mkdir(`${path}/${name}`);
        await assert.rejects(nn.GPT.fromPretrained(path), {
          name: "FileError",
          message: /must be a regular file: it is a /,
        });
      }
    }
  }));
