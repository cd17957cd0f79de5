/** Classic wrong answers to the exercises on text: tokenizers (05) and language models (06). */
import type { Mistakes } from "./mistakes.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const at = (numbers: readonly number[], i: number) => numbers[i] ?? NaN;

type Pair = readonly number[];

const neighbours = (tokens: readonly number[]): Pair[] => tokens.slice(1).map((right, i) => [at(tokens, i), right]);

/** A pair's places merged from left to right; only the first place if so wished. */
function merge(tokens: readonly number[], [left, right]: Pair, merged: number, most = Infinity): number[] {
  const out: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const found = most > 0 && tokens[i] === left && tokens[i + 1] === right;
    out.push(found ? merged : at(tokens, i));
    if (found) [i, most] = [i + 1, most - 1];
  }
  return out;
}
/** The merges applied, each by a rule of one's own. */
const applied =
  (rule: (tokens: readonly number[], pair: Pair, merged: number) => number[]) => (tokens: number[], merges: Pair[]) =>
    merges.reduce<readonly number[]>((all, pair, k) => rule(all, pair, 256 + k), tokens);

/** Tokens with each taken apart by a rule of one's own, again and again. */
const expanded = (rule: (token: number, merges: Pair[]) => Pair) =>
  function expand(tokens: readonly number[], merges: Pair[]): number[] {
    return tokens.flatMap((token) => token < 256 ? [token] : expand(rule(token, merges), merges));
  };

/** WordPiece's cut with a rule of one's own for what comes next: how many letters to take, 0 where none fit. */
const cut =
  (length: (rest: string, fits: (length: number) => boolean) => number, unknown: (word: string) => string[]) =>
  (
    word: string,
    pieces: string[],
  ) => {
    const out: string[] = [];
    for (let start = 0; start < word.length;) {
      const rest = word.slice(start);
      const piece = (length: number) => (start > 0 ? "##" : "") + rest.slice(0, length);
      const taken = length(rest, (length) => pieces.includes(piece(length)));
      if (taken === 0) return unknown(word);
      out.push(piece(taken));
      start += taken;
    }
    return out;
  };
const lengths = (rest: string) => Array.from(rest, (_, i) => i + 1);
const longest = (rest: string, fits: (length: number) => boolean) => lengths(rest).findLast(fits) ?? 0;

/** The share of the places after the context, by a rule of one's own for which they are. */
const share = (isPlace: (tokens: number[], context: number[], i: number) => boolean, none = 1) =>
(
  tokens: number[],
  context: number[],
  next: number,
) => {
  const places = tokens.map((_, i) => i).filter((i) => isPlace(tokens, context, i));
  return places.filter((i) => tokens[i] === next).length / (places.length || none);
};
const standsBefore = (tokens: number[], context: number[], i: number) =>
  i >= context.length && context.every((token, j) => tokens[i - context.length + j] === token);

export const textMistakes: Readonly<Record<string, Mistakes>> = {
  utf8: {
    "gives the units of UTF-16": (code: number) => {
      const character = String.fromCodePoint(code);
      return Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    },
    "cuts the code point into its own bytes": (code: number) => {
      const bytes = [code >> 16, code >> 8 & 0xff, code & 0xff];
      return bytes.slice(bytes.findIndex((byte, i) => byte > 0 || i === 2));
    },
    "forgets to mark the bytes that continue": (code: number) =>
      [...new TextEncoder().encode(String.fromCodePoint(code))].map((byte, i) => i > 0 ? byte & 0x3f : byte),
    "has the bytes in the wrong order": (code: number) =>
      [...new TextEncoder().encode(String.fromCodePoint(code))].reverse(),
    "takes 0x80 for a byte of its own, too": (code: number) =>
      code <= 0x80 ? [code] : [...new TextEncoder().encode(String.fromCodePoint(code))],
    "does not mask the bits of the byte before": (code: number) => {
      const all = [...new TextEncoder().encode(String.fromCodePoint(code))];
      return all.map((byte, i) => i > 0 ? 0x80 | code >> 6 * (all.length - 1 - i) : byte);
    },
    "never gives more than three bytes": (code: number) => {
      const byte = (shift: number) => 0x80 | code >> shift & 0x3f;
      return code < 0x800
        ? [...new TextEncoder().encode(String.fromCodePoint(code))]
        : [0xe0 | code >> 12, byte(6), byte(0)];
    },
    "marks every byte as one that continues": (code: number) =>
      [...new TextEncoder().encode(String.fromCodePoint(code))].map((byte) => byte & 0x3f | 0x80),
  },
  applyMerges: {
    "applies the last merge first": (tokens: number[], merges: Pair[]) =>
      merges.reduceRight((all, pair, k) => merge(all, pair, 256 + k), tokens),
    "merges the first place only": applied((tokens, pair, merged) => merge(tokens, pair, merged, 1)),
    "leaves the right token behind": applied((tokens, [left, right], merged) =>
      tokens.map((token, i) => token === left && tokens[i + 1] === right ? merged : token)
    ),
    "goes from right to left": applied((tokens, [left, right], merged) =>
      merge(tokens.toReversed(), [right ?? NaN, left ?? NaN], merged).reverse()
    ),
    "takes whatever merge fits first, from left to right": (tokens: number[], merges: Pair[]) => {
      const out: number[] = [];
      for (const token of tokens) {
        out.push(token);
        for (let k = 0; k >= 0;) {
          k = merges.findIndex(([a, b]) => out.length > 1 && out.at(-2) === a && out.at(-1) === b);
          if (k >= 0) out.splice(-2, 2, 256 + k);
        }
      }
      return out;
    },
    "numbers the merges from 257": applied((tokens, pair, merged) => merge(tokens, pair, merged + 1)),
    "does nothing": (tokens: number[]) => tokens,
    "merges in place": (tokens: number[], merges: Pair[]) => {
      for (const [k, [left, right]] of merges.entries()) {
        for (let i = 0; i + 1 < tokens.length; i++) {
          if (tokens[i] === left && tokens[i + 1] === right) tokens.splice(i, 2, 256 + k);
        }
      }
      return tokens;
    },
    "always applies the first merge": (tokens: number[], merges: Pair[]) => merge(tokens, merges[0] ?? [], 256),
    "merges before there is anything learnt": (tokens: number[], merges: Pair[]) =>
      applied(merge)(tokens, merges.length > 0 ? merges : neighbours(tokens).slice(0, 1)),
  },
  expandTokens: {
    "goes one level deep": (tokens: number[], merges: Pair[]) =>
      tokens.flatMap((token) => token < 256 ? [token] : merges[token - 256] ?? []),
    "goes two levels deep": (tokens: number[], merges: Pair[]) => {
      const once = (token: number) => token < 256 ? [token] : merges[token - 256] ?? [];
      return tokens.flatMap(once).flatMap(once);
    },
    "empties the list of tokens": (tokens: number[], merges: Pair[]) => {
      const out: number[] = [];
      for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
        if (token < 256) out.push(token);
        else tokens.unshift(...merges[token - 256] ?? []);
      }
      return out;
    },
    "puts the right one first": expanded((token, merges) => (merges[token - 256] ?? []).toReversed()),
    "keeps the left one only": expanded((token, merges) => (merges[token - 256] ?? []).slice(0, 1)),
    "expands the first token only": (tokens: number[], merges: Pair[]) => [
      ...expanded((token, merges) => merges[token - 256] ?? [])(tokens.slice(0, 1), merges),
      ...tokens.slice(1),
    ],
    "leaves out the bytes": (tokens: number[], merges: Pair[]) =>
      expanded((token, merges) => merges[token - 256] ?? [])(tokens.filter((token) => token >= 256), merges),
  },
  longestPieces: {
    "takes the shortest piece that fits": cut((rest, fits) => lengths(rest).find(fits) ?? 0, () => ["[UNK]"]),
    "forgets ## inside the word": (word: string, pieces: string[]) =>
      cut(longest, () => ["[UNK]"])(word, pieces).map((piece) => piece.replace("##", "")),
    "looks for pieces without ## inside the word": (word: string, pieces: string[]) =>
      cut(longest, () => ["[UNK]"])(word, pieces.flatMap((piece) => [piece, `##${piece}`])),
    "cuts off what does not fit, and goes on": (word: string, pieces: string[]) => {
      const known = [...pieces, ...word, ...Array.from(word, (letter) => `##${letter}`)];
      return cut(longest, () => ["[UNK]"])(word, known).map((piece) => pieces.includes(piece) ? piece : "[UNK]");
    },
    "gives nothing for a word that it cannot cut": cut(longest, () => []),
    "looks for another way where the longest piece leads nowhere": (word: string, pieces: string[]) => {
      const ways = (rest: string, mark: string): string[] | undefined => {
        for (const length of lengths(rest).reverse()) {
          const piece = mark + rest.slice(0, length);
          const more = pieces.includes(piece)
            ? (length < rest.length ? ways(rest.slice(length), "##") : [])
            : undefined;
          if (more !== undefined) return [piece, ...more];
        }
        return undefined;
      };
      return ways(word, "") ?? ["[UNK]"];
    },
    "keeps what it has cut before the unknown": (word: string, pieces: string[]) => {
      const cut: string[] = [];
      for (let start = 0; start < word.length;) {
        const rest = word.slice(start);
        const length = longest(rest, (length) => pieces.includes((start > 0 ? "##" : "") + rest.slice(0, length)));
        if (length === 0) return [...cut, "[UNK]"];
        cut.push((start > 0 ? "##" : "") + rest.slice(0, length));
        start += length;
      }
      return cut;
    },
    "sorts the caller's list": (word: string, pieces: string[]) => {
      pieces.sort((a, b) => b.length - a.length);
      return cut(longest, () => ["[UNK]"])(word, pieces);
    },
    "takes whole words only": (word: string, pieces: string[]) => pieces.includes(word) ? [word] : ["[UNK]"],
  },
  nextProbability: {
    "gives how often both come, not the share": (tokens: number[], context: number[], next: number) =>
      tokens.filter((token, i) => token === next && standsBefore(tokens, context, i)).length,
    "divides by the length of the text": (tokens: number[], context: number[], next: number) =>
      tokens.filter((token, i) => token === next && standsBefore(tokens, context, i)).length / tokens.length,
    "counts the context at the end of the text, too": (tokens: number[], context: number[], next: number) => {
      const places = [...tokens, -1].map((_, i) => i).filter((i) => standsBefore(tokens, context, i));
      return places.filter((i) => tokens[i] === next).length / (places.length || 1);
    },
    "looks at the last token of the context only": share((tokens, context, i) =>
      standsBefore(tokens, context.slice(-1), i)
    ),
    "has the context backwards": share((tokens, context, i) => standsBefore(tokens, context.toReversed(), i)),
    "looks for the context anywhere before": share((tokens, context, i) =>
      context.every((token) => tokens.slice(0, i).includes(token))
    ),
    "divides by zero": share(standsBefore, 0),
    "jumps over each place that it has found": (tokens: number[], context: number[], next: number) => {
      let [places, right] = [0, 0];
      for (let i = context.length; i < tokens.length; i++) {
        if (!standsBefore(tokens, context, i)) continue;
        [places, right] = [places + 1, right + Number(tokens[i] === next)];
        i += Math.max(0, context.length - 1);
      }
      return right / (places || 1);
    },
    "looks for the digits of the context": (tokens: number[], context: number[], next: number) => {
      const stands = (_: number, i: number) =>
        i >= context.length && tokens.slice(0, i).join("").endsWith(context.join(""));
      const places = tokens.map((_, i) => i).filter(stands);
      return places.filter((i) => tokens[i] === next).length / (places.length || 1);
    },
    "eats up the text": (tokens: number[], context: number[], next: number) => {
      let [places, right] = [0, 0];
      for (; tokens.length > context.length; tokens.shift()) {
        if (!context.every((token, j) => tokens[j] === token)) continue;
        [places, right] = [places + 1, right + Number(tokens[context.length] === next)];
      }
      return right / (places || 1);
    },
  },
  smoothedShares: {
    "smooths the caller's counts": (counts: number[], alpha: number) => {
      counts.forEach((count, i) => counts[i] = count + alpha);
      return counts.map((count) => count / sum(counts));
    },
    "does not smooth": (counts: number[], _alpha: number) => counts.map((count) => count / sum(counts)),
    "adds alpha above the line only": (counts: number[], alpha: number) =>
      counts.map((count) => (count + alpha) / sum(counts)),
    "adds alpha once below the line": (counts: number[], alpha: number) =>
      counts.map((count) => (count + alpha) / (sum(counts) + alpha)),
    "adds 1, whatever alpha is": (counts: number[], _alpha: number) =>
      counts.map((count) => (count + 1) / (sum(counts) + counts.length)),
    "takes the softmax of the counts": (counts: number[], alpha: number) => {
      const powers = counts.map((count) => Math.exp(count + alpha));
      return powers.map((power) => power / sum(powers));
    },
  },
  withTemperature: {
    "changes the caller's probabilities": (probabilities: number[], temperature: number) => {
      const largest = Math.max(...probabilities);
      probabilities.forEach((p, i) => probabilities[i] = (p / largest) ** (1 / temperature));
      return probabilities.map((power) => power / sum(probabilities));
    },
    "multiplies by the temperature": (probabilities: number[], temperature: number) => {
      const powers = probabilities.map((p) => p ** temperature);
      return powers.map((power) => power / sum(powers));
    },
    "forgets to divide by the sum": (probabilities: number[], temperature: number) =>
      probabilities.map((p) => p ** (1 / temperature)),
    "takes the probabilities for logits": (probabilities: number[], temperature: number) => {
      const powers = probabilities.map((p) => Math.exp(p / temperature));
      return powers.map((power) => power / sum(powers));
    },
    "loses all near 0": (probabilities: number[], temperature: number) => {
      const powers = probabilities.map((p) => p ** (1 / temperature));
      return powers.map((power) => power / sum(powers));
    },
    "divides the probabilities": (probabilities: number[], temperature: number) =>
      probabilities.map((p) => p / temperature),
  },
  perplexity: {
    "turns the caller's probabilities into surprises": (probabilities: number[]) => {
      probabilities.forEach((p, i) => probabilities[i] = -Math.log(p));
      return Math.exp(sum(probabilities) / probabilities.length);
    },
    "multiplies until nothing is left": (probabilities: number[]) =>
      probabilities.reduce((product, p) => product * p, 1) ** (-1 / probabilities.length),
    "takes the mean of the probabilities": (probabilities: number[]) => probabilities.length / sum(probabilities),
    "takes the mean of their inverses": (probabilities: number[]) =>
      sum(probabilities.map((p) => 1 / p)) / probabilities.length,
    "is the loss": (probabilities: number[]) => -sum(probabilities.map(Math.log)) / probabilities.length,
    "sums where it should take the mean": (probabilities: number[]) => Math.exp(-sum(probabilities.map(Math.log))),
    "forgets the minus": (probabilities: number[]) => Math.exp(sum(probabilities.map(Math.log)) / probabilities.length),
    "mixes bits with e": (probabilities: number[]) =>
      Math.exp(-sum(probabilities.map(Math.log2)) / probabilities.length),
  },
};
