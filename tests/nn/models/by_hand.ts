/** The models of the library composed by hand from primitive operations, with every dropout in its place. */

import { nn, type Random, type Tensor } from "../../../mod.ts";

/** The dropout rates of a model composed by hand. */
export interface Rates {
  /** Of what each layer adds to the residual stream. */
  readonly dropout: number;
  /** Of attention weights. */
  readonly attention: number;
  /** Of embeddings. */
  readonly embedding: number;
}

/** The inputs of a block composed by hand. */
interface Sight {
  readonly causal?: boolean;
  readonly mask?: number[][]; // [B, S]
  readonly source?: Tensor;
  readonly sourceMask?: number[][];
}

/** Composes models by hand, drawing dropout from one generator, in the order of the forward pass. */
export class ByHand {
  readonly #random: Random;
  readonly #rates: Rates;

  constructor(random: Random, rates: Rates) {
    this.#random = random;
    this.#rates = rates;
  }

  gpt(model: nn.GPT, tokens: number[][]): Tensor {
    const T = tokens[0]!.length;
    const embedded = model.tokens.weight.gather(tokens).add(model.positions.weight.slice([0, T])); // [B, T, C]
    const x = model.blocks.reduce(
      (x, block) => this.block(block, x, { causal: true }),
      this.#drop(embedded, "embedding"),
    );
    return this.#norm(model.norm, x).matmul(model.tokens.weight.transpose()); // [B, T, V]
  }

  bert(model: nn.BERT, tokens: number[][], segments: number[][], mask: number[][]): Tensor {
    const T = tokens[0]!.length;
    const embedded = model.tokens.weight.gather(tokens).add(model.positions.weight.slice([0, T]))
      .add(model.segments.weight.gather(segments)); // [B, T, C]
    const start = this.#drop(this.#norm(model.norm, embedded), "embedding");
    return model.blocks.reduce((x, block) => this.block(block, x, { mask }), start);
  }

  classes(model: { dropout: nn.Dropout; classifier: nn.Linear }, x: Tensor): Tensor {
    return this.#linear(model.classifier, nn.dropout(x, model.dropout.rate, this.#seed()));
  }

  transformer(model: nn.Transformer, source: number[][], target: number[][], sourceMask: number[][]): Tensor {
    const embed = (table: nn.Embedding, tokens: number[][]) => {
      const x = table.weight.gather(tokens).mul(Math.sqrt(model.dim)); // [B, T, C]
      return this.#drop(x.add(nn.sinusoidalPositions(tokens[0]!.length, model.dim)), "embedding");
    };
    const last = (norm: nn.LayerNorm | undefined, x: Tensor) => norm === undefined ? x : this.#norm(norm, x);
    const read = model.encoder.reduce(
      (x, block) => this.block(block, x, { mask: sourceMask }),
      embed(model.sourceEmbedding, source),
    );
    const sight = { causal: true, source: last(model.encoderNorm, read), sourceMask };
    const x = model.decoder.reduce((x, block) => this.block(block, x, sight), embed(model.targetEmbedding, target));
    return last(model.decoderNorm, x).matmul(model.targetEmbedding.weight.transpose()); // [B, T, V]
  }

  block(block: nn.Block, x: Tensor, { source, sourceMask, ...own }: Sight): Tensor {
    const around = (x: Tensor, norm: nn.LayerNorm, layer: (x: Tensor) => Tensor) => {
      const add = (into: Tensor) => x.add(this.#drop(layer(into), "dropout"));
      return block.norm === "pre" ? add(this.#norm(norm, x)) : this.#norm(norm, add(x));
    };
    x = around(x, block.attentionNorm, (x) => this.#attend(block.attention, x, x, own));
    if (block.cross !== undefined) {
      const look = { ...(sourceMask !== undefined && { mask: sourceMask }) };
      x = around(x, block.crossNorm!, (x) => this.#attend(block.cross!, x, source!, look));
    }
    return around(x, block.feedForwardNorm, (x) => {
      const { up, down, activation } = block.feedForward;
      const hidden = this.#linear(up, x);
      const f = {
        relu: () => hidden.relu(),
        gelu: () => hidden.gelu(),
        geluTanh: () => hidden.gelu({ approximate: "tanh" }),
      };
      return this.#linear(down, f[activation as keyof typeof f]()); // one of the three in these tests
    });
  }

  /** softmax(q kᵀ / √D), dropped, times v, head by head. */
  #attend(layer: nn.MultiHeadAttention, x: Tensor, source: Tensor, { causal, mask }: Sight): Tensor {
    const split = (x: Tensor) => x.reshape([...x.shape.slice(0, 2), layer.heads, -1]).permute([0, 2, 1, 3]); // [B, H, T, D]
    const [q, k, v] = [[layer.query, x], [layer.key, source], [layer.value, source]]
      .map(([linear, x]) => split(this.#linear(linear as nn.Linear, x as Tensor))) as [Tensor, Tensor, Tensor]; // as in the list
    const [T, S] = [q.shape[2]!, k.shape[2]!];
    let scores = q.matmul(k.transpose()).div(Math.sqrt(q.shape[3]!)); // [B, H, T, S]
    const later = Array.from({ length: T }, (_, t) => Array.from({ length: S }, (_, s) => s > t + S - T));
    if (causal) scores = scores.maskedFill(later, -Infinity);
    if (mask !== undefined) scores = scores.maskedFill(mask.map((row) => [[row.map((real) => 1 - real)]]), -Infinity);
    const mixed = this.#drop(scores.softmax(-1), "attention").matmul(v); // [B, H, T, D]
    return this.#linear(layer.out, mixed.permute([0, 2, 1, 3]).reshape(x.shape));
  }

  #linear({ weight, bias }: nn.Linear, x: Tensor): Tensor {
    const out = x.matmul(weight.transpose());
    return bias === undefined ? out : out.add(bias);
  }

  #norm({ weight, bias, options: { eps = 1e-5 } }: nn.LayerNorm, x: Tensor): Tensor {
    const centred = x.sub(x.mean(-1, { keepDims: true }));
    const variance = centred.mul(centred).mean(-1, { keepDims: true });
    const scaled = centred.div(variance.add(eps).sqrt()).mul(weight);
    return bias === undefined ? scaled : scaled.add(bias);
  }

  #drop(x: Tensor, where: keyof Rates): Tensor {
    const rate = this.#rates[where];
    return rate === 0 ? x : nn.dropout(x, rate, this.#seed());
  }

  #seed(): number {
    return this.#random.integer(0, 2 ** 31 - 1);
  }
}
