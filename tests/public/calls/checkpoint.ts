/** Valid calls of what nn/checkpoint exports. */

import { nn, optim, Random, Tensor } from "../../../mod.ts";
import { newFolder } from "../../support/folders.ts";
import type { Calls } from "../law.ts";

const tensors = () => ({ a: Tensor.from([1, 2]) });
const path = async () => {
  const path = `${await newFolder()}/a.safetensors`;
  await nn.writeSafetensors(path, tensors());
  return path;
};

const training = () => {
  const model = new nn.Linear(1, 1, { random: new Random(1) });
  const loader = new nn.DataLoader([1, 2, 3], { batchSize: 2, shuffle: new Random(2) });
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.1 });
  return { model, optimizer, loader, random: new Random(3), plateau: new optim.ReduceOnPlateau(optimizer) };
};

export const CHECKPOINT: Calls = {
  "nn.saveTraining": async () => ({ given: [await newFolder(), { ...training(), step: 1 }] }),
  "nn.loadTraining": async () => {
    const folder = await newFolder();
    await nn.saveTraining(folder, { ...training(), step: 1 });
    return { given: [folder, training()] };
  },
  "nn.readSafetensors": async () => ({ given: [await path(), () => ["a"]] }),
  "nn.readSafetensorsHeader": async () => ({ given: [await path()] }),
  "nn.writeSafetensors": async () => ({
    given: [await path(), tensors(), { metadata: { by: "me" }, exact: true }],
  }),
};
