/** One vector for a whole text. */

import type { Tensor } from "../../autograd/tensor.ts";
import { checkArguments } from "../../checks/mod.ts";
import type { PaddingMask } from "../layers/padding_mask.ts";
import { input, mask as maskRule } from "../rules.ts";
import { rowsBeside } from "./context.ts";

const rules = { hidden: input, mask: maskRule };

/**
 * The mean of the vectors of each text's tokens, without those of padding: `out[b] = Σₜ mask[b, t] hidden[b, t] / Σₜ
 * mask[b, t]`, `[B, T, C] → [B, C]`.
 *
 * Sentence encoders compare texts by such means (arXiv 1908.10084).
 *
 * @param hidden A vector for each token, `[B, T, C]`.
 * @param mask 1 for a real token, 0 for padding, `[B, T]`. Default: all are real.
 * @throws {TypeError} If the shapes do not fit, or the mask has numbers other than 0 and 1.
 * @throws {RangeError} If a text has no real token.
 *
 * @example Texts of similar meaning are close: read a sentence encoder's folder, tokenize, and pool.
 * ```ts
 * import { nn, Random } from "nabla";
 * import assert from "node:assert/strict";
 *
 * // A folder as they are published, here with a tiny model: config.json, model.safetensors, tokenizer.json.
 * const folder = await Deno.makeTempDir();
 * const texts = ["the cat sat on the mat", "a cat sat"];
 * const small = nn.WordPieceTokenizer.train(texts, { vocabSize: 60 });
 * await nn.writeTokenizer(small, folder);
 * const sizes = { vocabSize: 60, contextLength: 16, layers: 1, heads: 2, dim: 8 };
 * await new nn.BERT({ ...sizes, random: new Random(1) }).savePretrained(folder);
 *
 * const [bert, tokenizer] = [await nn.BERT.fromPretrained(folder), await nn.readTokenizer(folder)];
 * const { tokens, mask } = nn.pad(texts.map((text) => tokenizer.encode(text, { addSpecialTokens: true })));
 * const vectors = nn.meanPool(bert.forward(tokens, { mask }).hidden, mask); // [B, C]
 *
 * const lengths = vectors.pow(2).sum(-1, { keepDims: true }).sqrt(); // [B, 1]
 * const unit = vectors.div(lengths);
 * const cosines = unit.matmul(unit.transpose()); // [B, B], from −1 to 1
 * assert.deepEqual(vectors.shape, [2, 8]);
 * assert.ok(Math.abs(cosines.data[0]! - 1) < 1e-5); // each is closest to itself
 * ```
 */
export function meanPool(hidden: Tensor, mask?: PaddingMask): Tensor {
  checkArguments("pool vectors", arguments, rules);
  if (hidden.rank !== 3) {
    throw new TypeError(
      `Cannot pool vectors, as they must be [B, T, C]: a tensor of shape [${hidden.shape.join(", ")}]`,
    );
  }
  if (mask === undefined) return hidden.mean(1); // [B, C]
  const [B, T] = hidden.shape as [number, number, number]; // three axes, as checked above
  const rows = rowsBeside("pool vectors", "the mask", mask, B, T); // 1 and 0, as `where` checks
  if (!rows.every((row) => row.some(Boolean))) {
    throw new RangeError("Cannot pool vectors, as each text must have a real token: one has padding alone");
  }
  const sums = hidden.where(rows.map((row) => row.map((real) => [real])), 0).sum(1); // [B, C]; ignores NaN in padding
  const counts = hidden.slice(null, null, 0).like(1).where(rows, 0).sum(1, { keepDims: true }); // [B, 1]
  return sums.div(counts); // [B, C]
}
