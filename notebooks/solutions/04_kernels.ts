/** One right answer to each exercise of notebook 04. */

/** The peak, or what the memory allows: operations per byte times bytes per second. */
export function roofline(flops: number, bytes: number, peak: number, bandwidth: number): number {
  return Math.min(peak, flops / bytes * bandwidth);
}

/** A tile at the edge takes what is left. */
export function tiles(rows: number, columns: number, size: number): number[][] {
  const all: number[][] = [];
  for (let i = 0; i < rows; i += size) {
    for (let j = 0; j < columns; j += size) {
      all.push([i, j, Math.min(size, rows - i), Math.min(size, columns - j)]);
    }
  }
  return all;
}

/** The sums of the worker with the smaller score are scaled down to the greater one; no keys, nothing to scale. */
export function mergeParts(a: readonly number[], b: readonly number[]): number[] {
  const greatest = Math.max(a[0] ?? NaN, b[0] ?? NaN);
  const [first, second] = [a, b].map(([own = NaN, sum = NaN, total = NaN]) => {
    const factor = own === -Infinity ? 0 : Math.exp(own - greatest);
    return [sum * factor, total * factor] as const;
  });
  return [greatest, (first?.[0] ?? NaN) + (second?.[0] ?? NaN), (first?.[1] ?? NaN) + (second?.[1] ?? NaN)];
}

/** Kahan's sum: `lost` is by how much the sum is too large, so the next number is made smaller by that. */
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
