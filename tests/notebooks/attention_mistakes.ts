/** Classic wrong answers to the exercises on attention (07) and on the transformer (08). */
import type { Mistakes } from "./mistakes.ts";
import { modelMistakes } from "./model_mistakes.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const at = (numbers: readonly number[], i: number) => numbers[i] ?? NaN;
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * at(b, i)));
const mean = (numbers: readonly number[]) => sum(numbers) / numbers.length;
const largestOf = (numbers: readonly number[]) => numbers.indexOf(Math.max(...numbers));

const unstable = (scores: readonly number[]) => {
  const powers = scores.map((score) => Math.exp(score));
  return powers.map((power) => power / sum(powers));
};
const stable = (scores: readonly number[]) => unstable(scores.map((score) => score - Math.max(...scores)));

/** The values mixed with weights of one's own. */
const mixing = (weigh: (query: number[], keys: number[][]) => number[]) =>
(
  query: number[],
  keys: number[][],
  values: number[][],
) => {
  const weights = weigh(query, keys);
  return values[0]?.map((_, e) => sum(values.map((value, s) => at(weights, s) * at(value, e))));
};

/** Attention in one pass that does something of its own when a larger score comes. */
const streaming = (rescale: (total: number, mixture: number, shrink: number) => [total: number, mixture: number]) =>
(
  stream: Iterable<[number, number]>,
) => {
  let [largest, total, mixture] = [-Infinity, 0, 0];
  for (const [score, value] of stream) {
    const shrink = Math.exp(largest - Math.max(largest, score));
    largest = Math.max(largest, score);
    [total, mixture] = rescale(total, mixture, shrink);
    total += Math.exp(score - largest);
    mixture += Math.exp(score - largest) * value;
  }
  return mixture / total;
};

const normed = (x: number[], divisor: (centred: number[]) => number) => {
  const centred = x.map((value) => value - mean(x));
  return centred.map((value) => value / divisor(centred));
};
const square = (numbers: number[]) => mean(numbers.map((x) => x * x));

const sinusoids =
  (value: (position: number, c: number, width: number) => number) => (position: number, width: number) =>
    Array.from({ length: width }, (_, c) => value(position, c, width));
const wave = (angle: number, c: number) => c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);

/** Pairs turned by angles of one's own; which number stands with which is also up to one. */
const turning = (
  angle: (i: number, position: number, D: number) => number,
  sign = 1,
  partner = (c: number, half: number) => (c + half) % (2 * half),
  first = (c: number, half: number) => c < half,
) =>
(x: number[], position: number) => {
  const half = x.length / 2;
  return x.map((value, c) => {
    const by = angle(first(c, half) ? c : partner(c, half), position, x.length);
    return value * Math.cos(by) + (first(c, half) ? -sign : sign) * at(x, partner(c, half)) * Math.sin(by);
  });
};
const angleOf = (i: number, position: number, D: number) => position / 10000 ** (2 * i / D);

type Next = (tokens: number[]) => number[];

export const attentionMistakes: Readonly<Record<string, Mistakes>> = {
  attend: {
    "scales the caller's query": (query: number[], keys: number[][], values: number[][]) => {
      query.forEach((x, d) => query[d] = x / Math.sqrt(query.length));
      return mixing((query, keys) => stable(keys.map((key) => dot(query, key))))(query, keys, values);
    },
    "forgets √D": mixing((query, keys) => stable(keys.map((key) => dot(query, key)))),
    "divides by D": mixing((query, keys) => stable(keys.map((key) => dot(query, key) / query.length))),
    "takes √S for √D": mixing((query, keys) => stable(keys.map((key) => dot(query, key) / Math.sqrt(keys.length)))),
    "overflows": mixing((query, keys) => unstable(keys.map((key) => dot(query, key) / Math.sqrt(query.length)))),
    "forgets to divide by the sum": mixing((query, keys) =>
      keys.map((key) => Math.exp(dot(query, key) / Math.sqrt(query.length)))
    ),
    "takes the best match alone": mixing((query, keys) => {
      const best = largestOf(keys.map((key) => dot(query, key)));
      return keys.map((_, s) => s === best ? 1 : 0);
    }),
    "takes the scores for weights": mixing((query, keys) =>
      keys.map((key) => dot(query, key) / Math.sqrt(query.length))
    ),
  },
  causalSoftmax: {
    "masks the caller's scores": (scores: number[][]) => {
      scores.forEach((row, t) => row.fill(-Infinity, t + 1));
      return scores.map(stable);
    },
    "masks after the softmax": (scores: number[][]) =>
      scores.map((row, t) => stable(row).map((weight, s) => s > t ? 0 : weight)),
    "masks nothing": (scores: number[][]) => scores.map(stable),
    "overflows": (scores: number[][]) =>
      scores.map((row, t) => unstable(row.map((score, s) => s > t ? -Infinity : score))),
    "takes off the largest score of the whole row, the future included": (scores: number[][]) =>
      scores.map((row, t) => unstable(row.map((score, s) => s > t ? -Infinity : score - Math.max(...row)))),
    "hides itself as well": (scores: number[][]) =>
      scores.map((row, t) => stable(row.map((score, s) => s >= t && t > 0 ? -Infinity : score))),
    "hides the past": (scores: number[][]) =>
      scores.map((row, t) => stable(row.map((score, s) => s < t ? -Infinity : score))),
    "sets hidden scores to 0": (scores: number[][]) =>
      scores.map((row, t) => stable(row.map((score, s) => s > t ? 0 : score))),
    "takes the softmax along columns": (scores: number[][]) => {
      const columns = scores.map((_, s) => stable(scores.map((row, t) => s > t ? -Infinity : at(row, s))));
      return scores.map((_, t) => columns.map((column) => at(column, t)));
    },
  },
  softmaxBackward: {
    "changes the caller's gradient": (w: number[], g: number[]) => {
      const average = dot(w, g);
      g.forEach((x, j) => g[j] = at(w, j) * (x - average));
      return g;
    },
    "forgets the cross terms": (w: number[], g: number[]) => w.map((weight, j) => weight * (1 - weight) * at(g, j)),
    "passes the gradient through": (_w: number[], g: number[]) => g,
    "multiplies by the weights alone": (w: number[], g: number[]) => w.map((weight, j) => weight * at(g, j)),
    "takes the plain mean for the weighted one": (w: number[], g: number[]) =>
      w.map((weight, j) => weight * (at(g, j) - mean(g))),
    "forgets the outer weight": (w: number[], g: number[]) => g.map((gradient) => gradient - dot(w, g)),
    "has the sign wrong": (w: number[], g: number[]) => w.map((weight, j) => weight * (dot(w, g) - at(g, j))),
  },
  attendInOnePass: {
    "never rescales": streaming((total, mixture) => [total, mixture]),
    "rescales the sum alone": streaming((total, mixture, shrink) => [total * shrink, mixture]),
    "rescales the mixture alone": streaming((total, mixture, shrink) => [total, mixture * shrink]),
    "goes through the stream twice": (stream: Iterable<[number, number]>) => {
      const weights = stable(Array.from(stream, ([score]) => score));
      return sum(Array.from(stream, ([, value], s) => at(weights, s) * value));
    },
    "takes the powers of bare scores": (stream: Iterable<[number, number]>) => {
      let [total, mixture] = [0, 0];
      for (const [score, value] of stream) {
        [total, mixture] = [total + Math.exp(score), mixture + Math.exp(score) * value];
      }
      return mixture / total;
    },
    "forgets to divide at the end": (stream: Iterable<[number, number]>) => {
      let [largest, mixture] = [-Infinity, 0];
      for (const [score, value] of stream) {
        mixture = mixture * Math.exp(largest - Math.max(largest, score)) +
          value * Math.exp(score - Math.max(largest, score));
        largest = Math.max(largest, score);
      }
      return mixture;
    },
    "keeps all the pairs": (stream: Iterable<[number, number]>) => {
      const pairs = [...stream];
      const weights = stable(pairs.map(([score]) => score));
      return sum(pairs.map(([, value], s) => at(weights, s) * value));
    },
    "keeps the pair of the largest score": (stream: Iterable<[number, number]>) => {
      let best: [number, number] = [-Infinity, NaN];
      for (const pair of stream) if (pair[0] > best[0]) best = pair;
      return best[1];
    },
    "takes the value of the largest score": (stream: Iterable<[number, number]>) => {
      let [largest, best] = [-Infinity, NaN];
      for (const [score, value] of stream) if (score > largest) [largest, best] = [score, value];
      return best;
    },
  },
  layerNorm: {
    "centres the caller's vector": (x: number[]) => {
      const centre = mean(x);
      x.forEach((value, c) => x[c] = value - centre);
      return x.map((value) => value / Math.sqrt(square(x)));
    },
    "divides by the variance": (x: number[]) => normed(x, square),
    "divides the squares by C − 1": (x: number[]) => normed(x, (c) => Math.sqrt(square(c) * c.length / (c.length - 1))),
    "forgets the mean": (x: number[]) => x.map((value) => value / Math.sqrt(square(x))),
    "only takes off the mean": (x: number[]) => normed(x, () => 1),
    "divides by the length of the vector": (x: number[]) => normed(x, (c) => Math.sqrt(sum(c.map((v) => v * v)))),
    "squeezes the range into −1 to 1": (x: number[]) => {
      const [low, high] = [Math.min(...x), Math.max(...x)];
      return x.map((value) => 2 * (value - low) / (high - low) - 1);
    },
  },
  sinusoid: {
    "turns the two of a pair at two speeds": sinusoids((t, c, width) => wave(t / 10000 ** (c / width), c)),
    "mixes up sine and cosine": sinusoids((t, c, width) => wave(t / 10000 ** ((c - c % 2) / width), c + 1)),
    "puts all sines first": sinusoids((t, c, width) => {
      const angle = t / 10000 ** (2 * (c % (width / 2)) / width);
      return c < width / 2 ? Math.sin(angle) : Math.cos(angle);
    }),
    "multiplies where it should divide": sinusoids((t, c, width) => wave(t * 10000 ** ((c - c % 2) / width), c)),
    "counts pairs where it should count columns": sinusoids((t, c, width) =>
      wave(t / 10000 ** ((c - c % 2) / 2 / width), c)
    ),
    "counts positions from 1": sinusoids((t, c, width) => wave((t + 1) / 10000 ** ((c - c % 2) / width), c)),
  },
  turn: {
    "turns the caller's vector": (x: number[], position: number) => {
      const turned = turning(angleOf)(x, position);
      turned.forEach((value, c) => x[c] = value);
      return x;
    },
    "uses the turned first for the second of a pair": (x: number[], position: number) => {
      const out = [...x];
      for (let i = 0; i < x.length / 2; i++) {
        const by = angleOf(i, position, x.length);
        out[i] = at(out, i) * Math.cos(by) - at(out, i + x.length / 2) * Math.sin(by);
        out[i + x.length / 2] = at(out, i) * Math.sin(by) + at(out, i + x.length / 2) * Math.cos(by);
      }
      return out;
    },
    "turns the wrong way": turning(angleOf, -1),
    "turns all pairs alike": turning((_i, position) => position),
    "counts positions from 1": turning((i, position, D) => angleOf(i, position + 1, D)),
    "pairs neighbours": turning(
      (c, position, D) => angleOf((c - c % 2) / 2, position, D),
      1,
      (c) => c % 2 === 0 ? c + 1 : c - 1,
      (c) => c % 2 === 0,
    ),
    "multiplies by the cosine alone": (x: number[], position: number) =>
      x.map((value, c) => value * Math.cos(angleOf(c % (x.length / 2), position, x.length))),
    "adds where it should turn": (x: number[], position: number) =>
      x.map((value, c) => value + Math.sin(angleOf(c % (x.length / 2), position, x.length))),
  },
  greedy: {
    "returns the end as well": (next: Next, start: number, end: number, most: number) => {
      const added: number[] = [];
      while (added.length < most && added.at(-1) !== end) added.push(largestOf(next([start, ...added])));
      return added;
    },
    "returns the start as well": (next: Next, start: number, end: number, most: number) => {
      const tokens = [start];
      while (tokens.length <= most) {
        const best = largestOf(next(tokens));
        if (best === end) break;
        tokens.push(best);
      }
      return tokens;
    },
    "never looks for the end": (next: Next, start: number, _end: number, most: number) => {
      const added: number[] = [];
      while (added.length < most) added.push(largestOf(next([start, ...added])));
      return added;
    },
    "ends at token 0, whatever the end is": (next: Next, start: number, _end: number, most: number) => {
      const added: number[] = [];
      for (let best = largestOf(next([start])); best !== 0 && added.length < most;) {
        added.push(best);
        best = largestOf(next([start, ...added]));
      }
      return added;
    },
    "never looks at the limit": (next: Next, start: number, end: number, _most: number) => {
      const added: number[] = [];
      for (let best = largestOf(next([start])); best !== end; best = largestOf(next([start, ...added]))) {
        added.push(best);
      }
      return added;
    },
    "shows the model the last token alone": (next: Next, start: number, end: number, most: number) => {
      const added: number[] = [];
      while (added.length < most) {
        const best = largestOf(next([added.at(-1) ?? start]));
        if (best === end) break;
        added.push(best);
      }
      return added;
    },
    "takes the score for the token": (next: Next, start: number, end: number, most: number) => {
      const added: number[] = [];
      while (added.length < most) {
        const best = Math.max(...next([start, ...added]));
        if (best === end) break;
        added.push(best);
      }
      return added;
    },
  },
  ...modelMistakes,
};
