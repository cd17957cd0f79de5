/** Valid calls of what nn/checkpoint exports. */

import { nn, Tensor } from "../../../mod.ts";
import { newFolder } from "../../support/folders.ts";
import type { Calls } from "../law.ts";

const tensors = () => ({ a: Tensor.from([1, 2]) });
const path = async () => {
  const path = `${await newFolder()}/a.safetensors`;
  await nn.writeSafetensors(path, tensors());
  return path;
};

export const CHECKPOINT: Calls = {
  "nn.readSafetensors": async () => ({ given: [await path(), () => ["a"]] }),
  "nn.readSafetensorsHeader": async () => ({ given: [await path()] }),
  "nn.writeSafetensors": async () => ({
    given: [await path(), tensors(), { metadata: { by: "me" }, exact: true }],
  }),
};
