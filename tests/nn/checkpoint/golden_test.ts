/** Models in Hugging Face's layouts give PyTorch's numbers, train as they do there, and come back the same. */

import assert from "node:assert/strict";
import { nn, optim, Tensor, useDevice } from "../../../mod.ts";
import { type Nested, unnest } from "../../../autograd/nested.ts";
import { readSafetensors, writeSafetensors } from "../../../nn/checkpoint/safetensors.ts";
import { assertClose } from "../../support/closeness.ts";

const GOLDEN = new URL("../../golden/models/", import.meta.url).pathname;

/**
 * How near to PyTorch's float64 a device comes. It rounds each of some thousand operations in a row by 1e-16, or, in
 * float32, by 6e-8; twelve steps carry a difference on, and Adam's division by small numbers makes it larger.
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

for (const device of ["cpu", "reference"] as const) { // the tests below go on in float64
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

for (const [model, load] of [["gpt2", nn.GPT], ["bert", nn.BertForPreTraining]] as const) {
  Deno.test(`a ${model} folder that was read and written again holds the same tensors, bit for bit`, async () => {
    const folder = await Deno.makeTempDir();
    await (await load.fromPretrained(GOLDEN + model)).savePretrained(folder);
    const { tensors: before } = await readSafetensors(`${GOLDEN}${model}/model.safetensors`);
    const { tensors: after } = await readSafetensors(`${folder}/model.safetensors`);
    const prefix = model === "gpt2" ? "transformer." : ""; // which is written without
    for (const [name, tensor] of Object.entries(before)) {
      assert.deepEqual(after[name.replace(prefix, "")]?.toArray(), tensor.toArray(), name);
    }
    assert.equal(Object.keys(after).length, Object.keys(before).length);
    await Deno.remove(folder, { recursive: true });
  });
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

Deno.test("a GPT-2 folder whose head is tied but holds other numbers is refused", async () => {
  const folder = await variant((tensors) => ({
    ...tensors,
    "lm_head.weight": tensors["transformer.wte.weight"]!.add(1),
  }));
  await assert.rejects(nn.GPT.fromPretrained(folder), /"lm_head.weight" must be the same numbers as "wte.weight"/);
  await Deno.remove(folder, { recursive: true });
});
