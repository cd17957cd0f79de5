/** Models in Hugging Face's layouts give PyTorch's numbers, train as they do there, and come back the same. */

import assert from "node:assert/strict";
import { nn, optim, Tensor, useDevice } from "../../../mod.ts";
import { type Nested, unnest } from "../../../autograd/nested.ts";
import { readSafetensors, writeSafetensors } from "../../../nn/checkpoint/safetensors.ts";
import { assertClose } from "../../support/closeness.ts";
import { inFolder } from "../../support/folders.ts";

const GOLDEN = new URL("../../golden/models/", import.meta.url).pathname;

/**
 * The tolerance from PyTorch's float64. A device rounds each of about a thousand consecutive operations by 1e-16, or by
 * 6e-8 in float32; twelve steps propagate a difference, and Adam's division by small numbers amplifies it.
 */
const TOLERANCES = {
  reference: { logits: 1e-12, losses: 1e-10 },
  cpu: { logits: 1e-5, losses: 1e-4 },
} as const;

interface Gpt2Answers {
  tokens: number[][];
  logits: number[][][];
  greedy: number[];
  losses: number[];
}

interface BertAnswers {
  tokens: number[][];
  segments: number[][];
  mask: number[][];
  labels: number[][];
  follows: number[];
  mlm: number[][][];
  nsp: number[][];
  losses: number[];
}

async function answers<T>(model: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(`${GOLDEN}${model}/answers.json`)) as T; // what make.py wrote
}

function flat(numbers: Nested<number>): number[] {
  return unnest("read the answers", numbers).numbers;
}

/** Twelve steps of AdamW with clipping, as make.py takes them. */
function train(model: nn.Module, loss: () => Tensor): number[] {
  const adam = new optim.AdamW(model.parameters(), { lr: 1e-2, betas: [0.9, 0.95], weightDecay: 0.1 });
  return Array.from({ length: 12 }, () => {
    adam.zeroGrad();
    const now = loss();
    now.backward();
    optim.clipGradNorm(model.parameters(), 1);
    adam.step();
    return now.item();
  });
}

for (const device of ["cpu", "reference"] as const) { // the tests below continue in float64
  const tolerance = TOLERANCES[device];

  Deno.test(`on ${device}, a GPT-2 folder gives PyTorch's logits, its greedy text, and its losses in training`, async () => {
    await useDevice(device);
    const golden = await answers<Gpt2Answers>("gpt2");
    const gpt = await nn.GPT.fromPretrained(`${GOLDEN}gpt2`);
    const [inputs, targets] = [golden.tokens.map((row) => row.slice(0, -1)), golden.tokens.map((row) => row.slice(1))];
    assertClose(gpt.forward(inputs).data, flat(golden.logits), tolerance.logits, "logit");
    const written = nn.generate(gpt, golden.greedy.slice(0, 3), { maxNewTokens: 8, temperature: 0 });
    assert.deepEqual(written, [golden.greedy.slice(3)]);
    assertClose(
      train(gpt, () => nn.crossEntropy(gpt.forward(inputs), targets)),
      golden.losses,
      tolerance.losses,
      "loss",
    );
  });

  Deno.test(`on ${device}, a BERT folder gives PyTorch's logits, with padding and segments, and its losses in training`, async () => {
    await useDevice(device);
    const golden = await answers<BertAnswers>("bert");
    const bert = await nn.BertForPreTraining.fromPretrained(`${GOLDEN}bert`);
    const { tokens, segments, mask } = golden;
    const out = bert.forward(tokens, { segments, mask });
    assertClose(out.mlm.data, flat(golden.mlm), tolerance.logits, "logit");
    assertClose(out.nsp.data, flat(golden.nsp), tolerance.logits, "logit");
    const losses = train(bert, () => {
      const { mlm, nsp } = bert.forward(tokens, { segments, mask });
      return nn.crossEntropy(mlm, golden.labels).add(nn.crossEntropy(nsp, golden.follows));
    });
    assertClose(losses, golden.losses, tolerance.losses, "loss");
  });
}

/** The outputs of a class for the answers' tokens, by the names in the answers. */
type Run = (inputs: { tokens: number[][]; segments: number[][]; mask: number[][] }) => Record<string, Tensor>;

/** A class, and how to read, run and save it. */
interface Reader {
  read(folder: string): Promise<{ run: Run; model: nn.Module; save(folder: string): Promise<void> }>;
}

/** A reader of a class: `run` selects the results that the answers hold. */
function reader<M extends nn.Module & { savePretrained(folder: string): Promise<void> }>(
  type: { fromPretrained(folder: string): Promise<M> },
  run: (model: M, ...inputs: Parameters<Run>) => Record<string, Tensor>,
): Reader {
  return {
    read: async (folder) => {
      const model = await type.fromPretrained(folder);
      return { model, run: (inputs) => run(model, inputs), save: (folder) => model.savePretrained(folder) };
    },
  };
}

/** Folders of different classes and formats (shards, bfloat16, old names), and the class that reads each. */
const FOLDERS: Record<string, Reader> = {
  gpt2_model: reader(nn.GPT, (model, { tokens }) => ({ logits: model.forward(tokens) })),
  gpt2_untied: reader(nn.GPT, (model, { tokens }) => ({ logits: model.forward(tokens) })),
  bert_model: reader(nn.BERT, (model, { tokens, ...inputs }) => ({ ...model.forward(tokens, inputs) })),
  bert_masked: reader(
    nn.BertForMaskedLM,
    (model, { tokens, ...inputs }) => ({ logits: model.forward(tokens, inputs) }),
  ),
  bert_untied: reader(
    nn.BertForMaskedLM,
    (model, { tokens, ...inputs }) => ({ logits: model.forward(tokens, inputs) }),
  ),
  bert_sequences: reader(nn.BertForSequenceClassification, (model, { tokens, ...inputs }) => {
    return { logits: model.forward(tokens, inputs) };
  }),
  bert_tokens: reader(nn.BertForTokenClassification, (model, { tokens, ...inputs }) => {
    return { logits: model.forward(tokens, inputs) };
  }),
  bert_answers: reader(nn.BertForQuestionAnswering, (model, { tokens, ...inputs }) => {
    return { ...model.forward(tokens, inputs) };
  }),
};

for (const [name, { read }] of Object.entries(FOLDERS)) {
  Deno.test(`the folder ${name} gives PyTorch's numbers, and the same when it is saved and read again`, () =>
    inFolder(async (folder) => {
      const { tokens, token_type_ids: segments, attention_mask: mask, ...expected } = await answers<
        Record<string, number[][]>
      >(name);
      const inputs = { tokens: tokens!, segments: segments!, mask: mask! }; // what make.py wrote; a GPT ignores them
      for (const device of ["cpu", "reference"] as const) { // in float64 at the end
        await useDevice(device);
        const { run } = await read(GOLDEN + name);
        const found = run(inputs);
        assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
        for (const [key, numbers] of Object.entries(expected)) {
          assertClose(found[key]!.data, flat(numbers), TOLERANCES[device].logits, key);
        }
      }
      const { run, model, save } = await read(GOLDEN + name);
      await save(folder);
      const again = await read(folder);
      const state = model.stateDict();
      assert.deepEqual(Object.keys(again.model.stateDict()), Object.keys(state));
      for (const [key, tensor] of Object.entries(again.model.stateDict())) {
        assert.deepEqual(tensor.toArray(), state[key]?.toArray(), key);
      }
      for (const [key, tensor] of Object.entries(again.run(inputs))) {
        assert.deepEqual(tensor.toArray(), run(inputs)[key]?.toArray());
      }
      await assertSettingsKept(GOLDEN + name, folder);
    }));
}

/** Asserts that a written configuration agrees with the one read, wherever both have a setting. */
async function assertSettingsKept(before: string, after: string): Promise<void> {
  const [old, written] = await Promise.all([before, after].map(async (folder) => {
    return JSON.parse(await Deno.readTextFile(`${folder}/config.json`)) as Record<string, unknown>; // an object, as was read
  }));
  for (const name of Object.keys(written!)) {
    if (name === "dtype" || name === "architectures") continue; // float32 is written, and a GPT2Model with its head
    if (old![name] === 50256) continue; // GPT-2's own token, which is none of a small vocabulary
    if (Object.hasOwn(old!, name)) assert.deepEqual(written![name], old![name], name);
  }
}

Deno.test("dropout rates, class names and special tokens are those of the configuration", async () => {
  const gpt = await nn.GPT.fromPretrained(`${GOLDEN}gpt2_untied`);
  const { dropout, embeddingDropout, attentionDropout, tied, activation, bosToken, eosToken } = gpt.options;
  assert.deepEqual([dropout, embeddingDropout, attentionDropout], [0.1, 0.2, 0.3]);
  assert.deepEqual([gpt.dropout.rate, gpt.blocks[0]?.dropout.rate], [0.2, 0.1]);
  assert.deepEqual([gpt.blocks[0]?.attention.dropout.rate, gpt.blocks[0]?.feedForward.dropout.rate], [0.3, 0.1]);
  assert.deepEqual([tied, activation], [false, "silu"]);
  assert.deepEqual([bosToken, eosToken], [undefined, undefined]); // the first is 50256 there, not one of 13
  const { options } = await nn.GPT.fromPretrained(`${GOLDEN}gpt2_model`);
  assert.deepEqual([options.hidden, options.activation, options.bosToken, options.eosToken], [20, "relu", 1, 2]);

  const bert = await nn.BERT.fromPretrained(`${GOLDEN}bert_model`);
  assert.deepEqual([bert.dropout.rate, bert.blocks[0]?.attention.dropout.rate], [0.2, 0.3]);
  assert.equal(bert.tokens.paddingIndex, 0);
  const classifier = await nn.BertForSequenceClassification.fromPretrained(`${GOLDEN}bert_sequences`);
  assert.deepEqual(classifier.labels, ["bad", "so so", "good"]);
  assert.deepEqual([classifier.dropout.rate, classifier.bert.dropout.rate], [0.4, 0.1]);
});

Deno.test("the encoder is read from a folder of any class, without its head", async () => {
  for (
    const [name, pooler] of [["bert", true], ["bert_sequences", true], ["bert_masked", false], ["bert_answers", false]]
  ) {
    const { read } = { ...FOLDERS, bert: reader(nn.BertForPreTraining, () => ({})) }[`${name}`]!;
    const { model } = await read(GOLDEN + name);
    assert.ok("bert" in model && model.bert instanceof nn.BERT);
    const bert = await nn.BERT.fromPretrained(GOLDEN + name);
    assert.deepEqual(bert.options, { ...model.bert.options, pooler });
    const [found, expected] = [bert.forward([[1, 0, 2]]), model.bert.forward([[1, 0, 2]])];
    assert.deepEqual(found.hidden.toArray(), expected.hidden.toArray());
    if (pooler) assert.deepEqual(found.pooled.toArray(), expected.pooled.toArray());
    else assert.throws(() => found.pooled, /^TypeError: Cannot pool, as this BERT has no pooler/);
  }
});

Deno.test("the head for masked tokens can also be read from a pre-training folder", async () => {
  const { tokens, segments, mask, mlm } = await answers<BertAnswers>("bert");
  const bert = await nn.BertForMaskedLM.fromPretrained(`${GOLDEN}bert`);
  assertClose(bert.forward(tokens, { segments, mask }).data, flat(mlm), TOLERANCES.reference.logits, "logit");
});

Deno.test("a folder of another class is rejected: the first line says what it holds, and at most ten tensors follow", async () => {
  const classes = {
    BertForPreTraining: [nn.BertForPreTraining, "bert"],
    BertForMaskedLM: [nn.BertForMaskedLM, "bert_masked"],
    BertForSequenceClassification: [nn.BertForSequenceClassification, "bert_sequences"],
    BertForTokenClassification: [nn.BertForTokenClassification, "bert_tokens"],
    BertForQuestionAnswering: [nn.BertForQuestionAnswering, "bert_answers"],
    BertModel: [nn.BERT, "bert_model"],
  } as const;
  for (const [wanted, [type]] of Object.entries(classes)) {
    for (const [held, [, folder]] of Object.entries(classes)) {
      const readable = wanted === held || wanted === "BertModel" ||
        (wanted === "BertForMaskedLM" && held === "BertForPreTraining");
      if (readable) continue;
      await assert.rejects(type.fromPretrained(GOLDEN + folder), (error: unknown) => {
        assert.ok(error instanceof nn.ModelFolderError);
        const [first, ...rest] = error.message.split("\n");
        assert.equal(first, `Cannot read "${GOLDEN}${folder}" as a ${wanted}, as this folder holds a ${held}`);
        assert.ok(rest.length <= 11 && rest.every((line) => /^ {2}(missing: |unexpected: |…|\S+: shape )/.test(line)));
        return true;
      });
    }
  }
  await assert.rejects(nn.GPT.fromPretrained(`${GOLDEN}bert_masked`), {
    name: "ConfigError",
    message: /this folder holds a BertForMaskedLM: only "gpt2" is supported for model_type: "bert"$/,
  });
});

for (const [model, load] of [["gpt2", nn.GPT], ["bert", nn.BertForPreTraining]] as const) {
  Deno.test(`a ${model} folder that is read and written again holds the same tensors, bit for bit`, () =>
    inFolder(async (folder) => {
      await (await load.fromPretrained(GOLDEN + model)).savePretrained(folder);
      const { tensors: before } = await readSafetensors(`${GOLDEN}${model}/model.safetensors`);
      const { tensors: after } = await readSafetensors(`${folder}/model.safetensors`);
      const prefix = model === "gpt2" ? "transformer." : ""; // which is written without a prefix a prefix a prefix
      for (const [name, tensor] of Object.entries(before)) {
        assert.deepEqual(after[name.replace(prefix, "")]?.toArray(), tensor.toArray(), name);
      }
      assert.equal(Object.keys(after).length, Object.keys(before).length);
    }));
}

/** The golden GPT-2 with its tensors changed, as a folder of its own. */
async function variant(change: (tensors: nn.StateDict) => nn.StateDict): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.copyFile(`${GOLDEN}gpt2/config.json`, `${folder}/config.json`);
  const { tensors } = await readSafetensors(`${GOLDEN}gpt2/model.safetensors`);
  await writeSafetensors(`${folder}/model.safetensors`, change(tensors));
  return folder;
}

const LAYOUTS: Record<string, (tensors: nn.StateDict) => nn.StateDict> = {
  "without the prefix": (tensors) =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name.replace("transformer.", ""), tensor])),
  "with a copy of the tied head": (tensors) => ({ ...tensors, "lm_head.weight": tensors["transformer.wte.weight"]! }),
  "with the head alone": ({ "transformer.wte.weight": table, ...rest }) => ({ ...rest, "lm_head.weight": table! }),
  "with old causal masks": (tensors) => ({ ...tensors, "transformer.h.0.attn.bias": Tensor.ones([1, 1, 12, 12]) }),
  "with queries, keys and values apart": (tensors) =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([name, tensor]) => {
        if (!name.includes("c_attn")) return [[name, tensor]];
        return ["q", "k", "v"].map((part, p) => {
          const range = [12 * p, 12 * (p + 1)] as const;
          const own = tensor.rank === 1 ? tensor.slice(range) : tensor.slice(null, range).transpose();
          return [name.replace("c_attn", `${part}_proj`), own];
        });
      }),
    ),
};

for (const [layout, change] of Object.entries(LAYOUTS)) {
  Deno.test(`a GPT-2 folder ${layout} is the same model`, async () => {
    const folder = await variant(change);
    const [same, gpt] = [await nn.GPT.fromPretrained(folder), await nn.GPT.fromPretrained(`${GOLDEN}gpt2`)];
    assert.deepEqual(same.forward([[1, 2, 3]]).toArray(), gpt.forward([[1, 2, 3]]).toArray());
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("a GPT-2 folder with a tied head that holds other numbers is rejected", async () => {
  const folder = await variant((tensors) => ({
    ...tensors,
    "lm_head.weight": tensors["transformer.wte.weight"]!.add(1),
  }));
  await assert.rejects(
    nn.GPT.fromPretrained(folder),
    /"lm_head.weight" must be the same numbers as "transformer.wte.weight"/,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a tensor stored both with and without the prefix is rejected, as either could win", async () => {
  const folder = await variant((tensors) => ({ ...tensors, "wte.weight": tensors["transformer.wte.weight"]! }));
  await assert.rejects(
    nn.GPT.fromPretrained(folder),
    /"(transformer\.)?wte\.weight" and "(transformer\.)?wte\.weight" must not both be there/,
  );
  await Deno.remove(folder, { recursive: true });
});
