/** One right answer to each exercise of notebook 08. */

const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

export function layerNorm(x: number[]): number[] {
  const centred = x.map((value) => value - mean(x));
  const deviation = Math.sqrt(mean(centred.map((value) => value * value)));
  return centred.map((value) => value / deviation);
}

export function sinusoid(position: number, width: number): number[] {
  return Array.from({ length: width }, (_, c) => {
    const angle = position / 10000 ** ((c - c % 2) / width); // both of a pair have the same
    return c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}

export function turn(x: number[], position: number): number[] {
  const half = x.length / 2;
  return x.map((value, c) => {
    const angle = position / 10000 ** ((c % half) / half);
    const partner = x[(c + half) % x.length] ?? NaN;
    return value * Math.cos(angle) + (c < half ? -1 : 1) * partner * Math.sin(angle);
  });
}

export function greedy(next: (tokens: number[]) => number[], start: number, end: number, most: number): number[] {
  const added: number[] = [];
  while (added.length < most) {
    const scores = next([start, ...added]);
    const best = scores.indexOf(Math.max(...scores));
    if (best === end) break;
    added.push(best);
  }
  return added;
}
