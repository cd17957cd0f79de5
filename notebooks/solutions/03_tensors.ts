/** One right answer to each exercise of notebook 03. */

/** Axes are matched from the right; a missing one counts as 1. */
export function broadcastShape(a: number[], b: number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const padded = (shape: number[]) => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const other = padded(b);
  return padded(a).map((size, axis) => {
    const otherSize = other[axis] ?? 1;
    if (size === otherSize || otherSize === 1) return size;
    if (size === 1) return otherSize;
    throw new Error(`[${a}] and [${b}] do not broadcast: ${size} and ${otherSize}`);
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const column = (matrix: readonly number[][], j: number) => matrix.map((row) => row[j] ?? NaN);

/** A number that was copied to many places collects the gradients of all of them. */
export function sumTo(gradient: number[][], [m, n]: [number, number]): number[][] {
  const [first = []] = gradient;
  const rows = m === 1 ? [first.map((_, j) => sum(column(gradient, j)))] : gradient; // [m, …]
  return n === 1 ? rows.map((row) => [sum(row)]) : rows; // [m, n]
}

const transpose = (matrix: number[][]) => (matrix[0] ?? []).map((_, j) => column(matrix, j));

function matmul(a: number[][], b: number[][]): number[][] {
  return a.map((row) => transpose(b).map((col) => sum(row.map((x, k) => x * (col[k] ?? NaN)))));
}

/** `∂L/∂a = G @ bᵀ` and `∂L/∂b = aᵀ @ G`: with all sizes different, no other product has the right shape. */
export function matmulBackward(a: number[][], b: number[][], gradient: number[][]): number[][][] {
  return [
    matmul(gradient, transpose(b)), // [m, n] @ [n, k] = [m, k]
    matmul(transpose(a), gradient), // [k, m] @ [m, n] = [k, n]
  ];
}

/** Subtracting the largest score first changes no probability and leaves no exponent above 0. */
export function softmax(scores: number[]): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  return powers.map((power) => power / sum(powers));
}
