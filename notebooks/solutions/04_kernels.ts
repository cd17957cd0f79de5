/** One right answer to each exercise of notebook 04. */

/** The peak, or what the bytes allow: operations for each byte, times bytes a second. */
export function roofline(flops: number, bytes: number, peak: number, bandwidth: number): number {
  return Math.min(peak, flops / bytes * bandwidth);
}

/** A tile at the edge has what is left. */
export function tiles(rows: number, columns: number, size: number): number[][] {
  const all: number[][] = [];
  for (let i = 0; i < rows; i += size) {
    for (let j = 0; j < columns; j += size) {
      all.push([i, j, Math.min(size, rows - i), Math.min(size, columns - j)]);
    }
  }
  return all;
}

/** What is relative to a lesser score is scaled down to the greater one; who has seen no key has nothing to scale. */
export function mergeParts(a: readonly number[], b: readonly number[]): number[] {
  const greatest = Math.max(a[0] ?? NaN, b[0] ?? NaN);
  const [first, second] = [a, b].map(([own = NaN, sum = NaN, total = NaN]) => {
    const factor = own === -Infinity ? 0 : Math.exp(own - greatest);
    return [sum * factor, total * factor] as const;
  });
  return [greatest, (first?.[0] ?? NaN) + (second?.[0] ?? NaN), (first?.[1] ?? NaN) + (second?.[1] ?? NaN)];
}

/** Kahan's sum: `lost` is how much too large the sum is, so that the next number is made smaller by it. */
export function compensatedSum(numbers: number[]): number {
  let [sum, lost] = [0, 0];
  for (const x of numbers) {
    const made = Math.fround(x - lost);
    const next = Math.fround(sum + made);
    lost = Math.fround(Math.fround(next - sum) - made);
    sum = next;
  }
  return sum;
}
