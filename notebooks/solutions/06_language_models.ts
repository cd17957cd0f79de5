/** One right answer to each exercise of notebook 06. */

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);

export function bigramCounts(tokens: number[], vocabSize: number): number[][] {
  const counts = Array.from({ length: vocabSize }, () => Array<number>(vocabSize).fill(0)); // a new row each time
  tokens.slice(1).forEach((next, i) => {
    const row = counts[tokens[i] ?? NaN];
    if (row) row[next] = (row[next] ?? 0) + 1;
  });
  return counts;
}

export function smoothed(counts: number[], alpha: number): number[] {
  return counts.map((count) => (count + alpha) / (sum(counts) + alpha * counts.length));
}

/** The tokens share the line from 0 to 1 among them; u lies in the stretch of one of them. */
export function sampleToken(probabilities: number[], u: number): number {
  let end = 0;
  for (const [token, p] of probabilities.entries()) {
    end += p;
    if (u < end) return token;
  }
  return probabilities.findLastIndex((p) => p > 0); // where rounding left the sum a little below 1
}

/** e to the mean of −ln p: a product of the probabilities themselves would vanish. */
export function perplexity(probabilities: number[]): number {
  return Math.exp(sum(probabilities.map((p) => -Math.log(p))) / probabilities.length);
}
