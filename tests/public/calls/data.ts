/** Valid calls of what nn/data exports. */

import { nn, Random } from "../../../mod.ts";
import { newFolder } from "../../support/folders.ts";
import type { Calls } from "../law.ts";

const windows = new nn.TextWindows([1, 2, 3], 1);
const loader = () => new nn.DataLoader([1, 2, 3], { batchSize: 2 });

export const DATA: Calls = {
  "nn.parseConll": () => ({ given: ["EU B-ORG", { tokenColumn: 0, tagColumn: -1 }] }),
  "nn.spansOf": () => ({ given: [["B-ORG", "O"]] }),
  "nn.pad": () => ({ given: [[[1, 2], [3]], { value: 0, length: 2, side: "left" }] }),
  "nn.splitTokens": () => ({ given: [[1, 2, 3], 0.5] }),
  "nn.TextWindows": () => ({ given: [[1, 2, 3], 1] }),
  "nn.TextWindows#at": () => ({ on: windows, given: [0] }),
  "nn.TextWindows#sample": () => ({ on: windows, given: [2, { random: new Random(1) }] }),
  "nn.randomSplit": () => ({ given: [[1, 2, 3], 0.5, { random: new Random(1) }] }),
  "nn.DataLoader": () => ({ given: [[1, 2, 3], { batchSize: 2, shuffle: new Random(1), dropLast: true }] }),
  "nn.DataLoader#epochs": () => ({ on: loader(), given: [2] }),
  "nn.download": async () => ({
    given: [{
      url: "https://example.org/abc.txt",
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      folder: await newFolder(),
      name: "abc.txt",
      maxBytes: 100,
      timeout: 5,
      onProgress: () => {},
      fetch: () => Promise.resolve(new Response("abc")),
    }],
  }),
};
