/** Valid calls of what nn/data exports. */

import { newFolder } from "../../support/folders.ts";
import type { Calls } from "../law.ts";

export const DATA: Calls = {
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
