/** Numbers on which devices tend to disagree, and the rules for when they agree. */

import type { Kernels, Storage, View } from "../../kernels/kernels.ts";
import { reference } from "../../kernels/reference/mod.ts";
import { rowMajor, type Shape } from "../../kernels/view.ts";

/** The largest float32, the smallest normal one, and the smallest positive one. */
export const LARGEST = (2 - 2 ** -23) * 2 ** 127;
export const SMALLEST_NORMAL = 2 ** -126;
const SMALLEST = 2 ** -149;

/** NaN, the infinities, the zeros, and subnormal numbers. */
export const EXTREMES: readonly number[] = [NaN, Infinity, -Infinity, 0, -0, 1e-40, -1e-40, SMALLEST, -SMALLEST];

/** Numbers whose squares are too large or too small for float32. */
export const LARGE: readonly number[] = [LARGEST, -LARGEST, 3e38, 1e20, -1e20];
export const SMALL: readonly number[] = [SMALLEST_NORMAL, -SMALLEST_NORMAL, 1e-20, -1e-20];

/** Ordinary numbers where functions change behaviour: integers, fractions, and numbers where exponentials overflow. */
export const ORDINARY: readonly number[] = [
  ...[1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, -1.5, 1 / 3, 0.1, -0.1, 10, -10, 88, -88, 90, -90, 200, -200],
  ...[2 ** 24 - 1, 1 - 2 ** 24, 2 ** 31],
];

export const SPECIAL: readonly number[] = [...EXTREMES, ...LARGE, ...SMALL, ...ORDINARY];

/** An array of some shape. */
export interface Numbers {
  readonly shape: Shape;
  readonly data: readonly number[];
}

/** How close a result must be to `reference`. */
export interface Precision {
  /** The relative tolerance. Default: 2·10⁻⁶, a few float32 roundings. */
  readonly relative?: number;
  /** The absolute tolerance. Default: 0. */
  readonly absolute?: number;
  /**
   * The result is a sum of products of the operands: the tolerance is relative to the sum of the products' sizes, and
   * if that overflows, the result may be NaN or infinite. Default: false.
   */
  readonly sums?: boolean;
  /** An intermediate step may overflow: a result may be NaN or infinite, but not a wrong number. Default: false. */
  readonly overflows?: boolean;
  /** Where the result is not finite, it depends on the order of the steps. Default: false. */
  readonly anyInfinity?: boolean;
}

/** One call of a kernel. */
export interface Trial extends Precision {
  /** The operation, where the kernel has several. */
  readonly op?: string;
  readonly operands: readonly Numbers[];
  readonly call: (kernels: Kernels, ...views: View[]) => Storage | Record<string, Storage>;
}

/** A result that differs from `reference`. */
interface Difference {
  readonly position: number;
  readonly got: number;
  readonly wanted: readonly number[];
}

/**
 * Tries a call on a device and on `reference`; returns how many numbers were compared, and which of them differ.
 *
 * A device may treat a subnormal operand as zero, so there may be two right results. A result below the smallest normal
 * number may be zero. Both −0 and +0 are right, except that a given −0 as a divisor counts as negative.
 */
export function compare(kernels: Kernels, trial: Trial): { count: number; differences: string[] } {
  const got = results(kernels, trial.operands, trial);
  const given = trial.operands.map(mapped(Math.fround)); // what the device sees
  const right = [given, given.map(mapped((x) => Math.abs(x) < SMALLEST_NORMAL ? 0 * x : x))]
    .map((operands) => results(reference, operands, trial));
  const sizes = trial.sums
    ? results(reference, given.map(mapped((x) => Number.isFinite(x) ? Math.abs(x) : 0)), trial)
    : undefined;
  const differences: string[] = [];
  let count = 0;
  for (const [result, numbers] of Object.entries(got)) {
    count += numbers.length;
    if (numbers.length !== right[0]![result]!.length) differences.push(`${result} has ${numbers.length} numbers`);
    numbers.forEach((got, position) => {
      const wanted = right.map((numbers) => numbers[result]![position]!);
      const size = sizes === undefined ? 0 : sizes[result]![position]!;
      if (wanted.some((wanted) => agrees(got, wanted, size, trial))) return;
      differences.push(`${result}${describe(trial, numbers.length, { position, got, wanted })}`);
    });
  }
  return { count, differences };
}

/** `[12] of pow(−1, 2) is NaN where 1 is right`, or the first few numbers of operands with other shapes. */
function describe({ op = "", operands }: Trial, length: number, { position, got, wanted }: Difference): string {
  const shown = operands.map(({ shape, data }) => {
    const width = shape.length > 1 ? data.length / shape[0]! : 1;
    const row = Math.floor(position / (length / (data.length / width)));
    return data.length === length && width === 1
      ? show(data[position]!)
      : `[${data.slice(row * width, (row + 1) * width).map(show)}]`;
  });
  return `[${position}] of ${op}(${shown.join(", ")}) is ${show(got)} where ${
    [...new Set(wanted.map(show))].join(" or ")
  } is right`;
}

function show(x: number): string {
  return Object.is(x, -0) ? "-0" : String(Number(x.toPrecision(4)));
}

function agrees(
  got: number,
  wanted: number,
  size: number,
  { relative = 2e-6, absolute = 0, sums = false, overflows = false, anyInfinity = false }: Precision,
): boolean {
  const most = LARGEST * (1 - relative);
  if (anyInfinity && !Number.isFinite(got) && !Number.isFinite(wanted)) return true;
  if (Number.isNaN(wanted)) return Number.isNaN(got);
  if (!Number.isFinite(got) && (overflows || (sums && size > most))) return true;
  if (Math.abs(wanted) > most && got === Math.sign(wanted) * Infinity) return true; // float32 ends here
  if (!Number.isFinite(wanted) || !Number.isFinite(got)) return false;
  return Math.abs(got - wanted) <= relative * Math.max(Math.abs(wanted), size) + absolute + SMALLEST_NORMAL;
}

function results(kernels: Kernels, operands: readonly Numbers[], { call }: Trial): Record<string, number[]> {
  const views = operands.map(({ shape, data }) => ({ ...rowMajor(shape), storage: kernels.write(data) }));
  const result = call(kernels, ...views);
  const named: Record<string, Storage> = isStorage(result) ? { out: result } : result;
  return Object.fromEntries(Object.entries(named).map(([name, storage]) => [name, [...kernels.read(storage)]]));
}

function isStorage(result: Storage | Record<string, Storage>): result is Storage {
  return typeof result.length === "number";
}

function mapped(f: (x: number) => number): (numbers: Numbers) => Numbers {
  return ({ shape, data }) => ({ shape, data: data.map(f) });
}
