/** What the notebooks' functions take, and how they look at it: a notebook checks no types. */
import { type OptionRules, optionsOf, real, type Rule, string, that } from "../../checks/mod.ts";
import { Tensor } from "../../autograd/tensor.ts";
import type { Numbers } from "./traces.ts";

/** A list of numbers: an array, a typed array, or a tensor of one axis. */
export type NumberList = Numbers | Tensor;

/** A matrix: a list of rows of numbers, or a tensor of two axes. */
export type NumberTable = readonly Numbers[] | Tensor;

/** A list of numbers, of which any may be NaN or infinite: a plot then has a gap. */
export const numbers: Rule<NumberList> = that("a list of numbers, or a Tensor of one axis", isNumbers);

/** Rows of numbers, all of one length. */
export const table: Rule<NumberTable> = that(
  "a list of rows of numbers, all of one length, or a Tensor of two axes",
  (value) =>
    value instanceof Tensor
      ? value.rank === 2
      : Array.isArray(value) && value.every((row) => isPlain(row) && row.length === value[0].length),
);

/** A list of texts. */
export const texts: Rule<readonly string[]> = that(
  "a list of strings",
  (value) => Array.isArray(value) && value.every((text) => typeof text === "string"),
);

/** A record: an object of which each name has a value. */
export function byName<T>(values: string): Rule<Readonly<Record<string, T>>> {
  return that(
    `an object with ${values} for each name`,
    (value) => typeof value === "object" && value !== null && !Array.isArray(value) && isOrdinary(value),
  );
}

/** Options that most charts have. */
export interface ChartOptions {
  readonly title?: string | undefined;
  /** The x axis's title, with its unit. */
  readonly x?: string | undefined;
  /** The y axis's title, with its unit. */
  readonly y?: string | undefined;
  /** In pixels. */
  readonly height?: number | undefined;
}

/** The rules of `ChartOptions`, to which a chart adds its own. */
export const chartRules: OptionRules<ChartOptions> = {
  title: string,
  x: string,
  y: string,
  height: real({ above: 0, max: 10_000 }),
};

/** The options of a chart that has no others. */
export const chartOptions: Rule<ChartOptions> = optionsOf<ChartOptions>(chartRules);

/** The numbers of a list, as plotly.js takes them. */
export function plainNumbers(list: NumberList): Numbers {
  return list instanceof Tensor ? Float64Array.from(list.data) : list;
}

/** The rows of a table, as plotly.js takes them. */
export function plainTable(rows: NumberTable): readonly Numbers[] {
  if (!(rows instanceof Tensor)) return rows;
  const [height = 0, width = 0] = rows.shape;
  const data = Float64Array.from(rows.data);
  return Array.from({ length: height }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

function isNumbers(value: unknown): boolean {
  return value instanceof Tensor ? value.rank === 1 : isPlain(value);
}

/** Whether it is an array of numbers alone, or a typed array of numbers. */
function isPlain(value: unknown): value is Numbers {
  if (Array.isArray(value)) return value.every((x) => typeof x === "number");
  return ArrayBuffer.isView(value) && "length" in value && typeof Reflect.get(value, 0) !== "bigint";
}

/** Whether an object is a record, and no object of a class. */
function isOrdinary(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The smallest and the largest of the finite numbers; infinite ones in the wrong order if there are none. */
export function extent(values: Iterable<number>): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const x of values) {
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return [low, high];
}
