/**
 * Programs generated from an expression, which is evaluated for each element of some views, or folded over many.
 *
 * gpu.js keeps a kernel's variables in float32, which is exact up to 2²⁴. Integers exist only within an expression of
 * integers, such as `… | 0`, so positions are never variables here. Division is float32's too, and a graphics adapter may
 * not even round it correctly. So dividends are moved half a step away from the boundary between two integers, and in
 * arrays of more than 2²⁰ elements, the remainder is divided once more.
 */

import type { View } from "../kernels.ts";
import type { Shape } from "../view.ts";
import type { ParameterType, Program } from "./program.ts";
import type { GpuStorage } from "./storage.ts";
import { storageOf } from "./views.ts";

/** Each fold: its first value, and how it takes in one more number. */
const FOLDS = {
  sum: { start: "0", take: (x: string) => `total + ${x}` },
  max: { start: "lowest", take: (x: string) => `larger(total, ${x})` },
} as const;

/** The name of a fold. */
export type Fold = keyof typeof FOLDS;

/** What determines the parameters of a program, besides its expression. */
export interface Signature {
  /** The names of the views' elements in the expression. */
  readonly names: readonly string[];
  /** The names of its numbers. */
  readonly parameters: readonly string[];
  /** The number of axes of the views. */
  readonly rank: number;
  /** Whether there are more than 2²⁰ elements. */
  readonly large: boolean;
}

/** Up to so many elements, one division finds a position. */
export const SMALL = 2 ** 20;

/** `out[i] = expression` for every position i. */
export function mapProgram(expression: string, signature: Signature): Program {
  const { names, rank } = signature;
  const { body, steps } = position(signature, "this.thread.x");
  return made([...names.flatMap((name) => view(name, rank)), ...sizes(rank), ...numbers(signature)], [
    ...body,
    ...names.map((name) => `const ${name} = ${name}Values[${name}Offset + ${steps(name)}];`),
    `return ${expression};`,
  ]);
}

/**
 * `out[i, p] = fold of expression over j = p, p + parts, p + 2 parts, … < count`, for every position i and every part p.
 *
 * Parts are interleaved, so that neighbouring threads read neighbouring elements. The arguments are those of the views
 * (with their strides along the folded axis), the sizes, the numbers, `count`, `parts`, `steps`, the most elements that a
 * part has, and `lowest`, which is −∞.
 */
export function foldProgram(fold: Fold, expression: string, signature: Signature): Program {
  const { names, rank } = signature;
  const { start, take } = FOLDS[fold];
  const outer = divide("outer", "this.thread.x", "parts", signature.large);
  const { body, steps } = position(signature, outer.quotient);
  const element = `(this.thread.x - ${outer.quotient} * parts + (k | 0) * parts)`;
  return made([
    ...names.flatMap((name) => [...view(name, rank), integer(`${name}Step`)]),
    ...sizes(rank),
    ...["count", "parts", "steps"].map(integer),
    ["lowest", "Float"],
    ...numbers(signature),
  ], [
    ...outer.body,
    ...body,
    `let total = ${start};`,
    "for (let k = 0; k < steps; k++) {",
    `  if (${element} < count) {`,
    ...names.map((name) => {
      return `    const ${name} = ${name}Values[${name}Offset + ${steps(name)} + ${element} * ${name}Step];`;
    }),
    `    total = ${take(`(${expression})`)};`,
    "  }",
    "}",
    "return total;",
  ]);
}

/**
 * Writes the elements of `x` to their places in a copy of `before`, or of zeros: `out[i]` is the element of `x` that a
 * layout with falling strides puts at position i, if there is one. The arguments are those of the view `x`, `size0` and
 * `place0` for the size and the stride of axis 0 in the layout, and so on, its offset `placeOffset`, and `before`.
 */
export function placeProgram(rank: number, large: boolean, overlays: boolean): Program {
  let rest = "(this.thread.x - placeOffset)";
  const body: string[] = [];
  const coordinates: string[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const division = divide(`axis${axis}`, rest, `place${axis}`, large);
    body.push(...division.body, `if (${division.quotient} >= size${axis}) inside = 0;`);
    coordinates.push(` + ${division.quotient} * xStride${axis}`);
    rest = `(${rest} - ${division.quotient} * place${axis})`;
  }
  return made([
    ...view("x", rank),
    ...coordinates.flatMap((_, axis) => [`size${axis}`, `place${axis}`].map(integer)),
    integer("placeOffset"),
    ...overlays ? [["before", "Array"] satisfies Parameter] : [],
  ], [
    "let inside = 1;",
    "if (this.thread.x < placeOffset) inside = 0;",
    ...body,
    `if (${rest} > 0) inside = 0;`,
    `if (inside > 0) return xValues[xOffset${coordinates.join("")}];`,
    `return ${overlays ? "before[this.thread.x]" : "0"};`,
  ]);
}

type Parameter = [name: string, type: ParameterType];

function made(parameters: Parameter[], body: string[]): Program {
  const list = parameters.map(([name]) => name).join(", ");
  const source = `function (${list}) {\n${body.map((line) => `  ${line}\n`).join("")}}`;
  return { source, parameters: Object.fromEntries(parameters), tile: false };
}

function integer(name: string): Parameter {
  return [name, "Integer"];
}

function view(name: string, rank: number): Parameter[] {
  const strides = Array.from({ length: rank }, (_, axis) => `${name}Stride${axis}`);
  return [[`${name}Values`, "Array"], ...[`${name}Offset`, ...strides].map(integer)];
}

/** The arguments of a view. One that is folded has a stride along the folded axis, `step`. */
export function viewArguments(
  name: string,
  view: View,
  strides: readonly number[],
  step?: number,
): Record<string, GpuStorage | number> {
  return {
    [`${name}Values`]: storageOf(view),
    [`${name}Offset`]: view.offset,
    ...Object.fromEntries(strides.map((stride, axis) => [`${name}Stride${axis}`, stride])),
    ...(step === undefined ? {} : { [`${name}Step`]: step }),
  };
}

/** The arguments of the sizes. */
export function sizeArguments(shape: Shape): Record<string, number> {
  return Object.fromEntries(shape.slice(1).map((size, i) => [`size${i + 1}`, size]));
}

/** The sizes of all axes but the first: no position is divided by that one. */
function sizes(rank: number): Parameter[] {
  return Array.from({ length: rank - 1 }, (_, i) => integer(`size${i + 1}`));
}

function numbers({ parameters }: Signature): Parameter[] {
  return parameters.map((name) => [name, "Float"]);
}

/** How far from a view's offset the element stands whose row-major position is `from`. */
function position({ rank, large }: Signature, from: string): { body: string[]; steps(name: string): string } {
  const body: string[] = [];
  const coordinates: string[] = [];
  let rest = from;
  for (let axis = rank - 1; axis > 0; axis--) {
    const division = divide(`axis${axis}`, rest, `size${axis}`, large);
    body.push(...division.body);
    coordinates[axis] = `(${rest} - ${division.quotient} * size${axis})`;
    rest = division.quotient;
  }
  coordinates[0] = rest;
  return { body, steps: (name) => coordinates.map((index, axis) => `${index} * ${name}Stride${axis}`).join(" + ") };
}

/** The whole part of `x / y` as an expression, and the variables that it uses. */
function divide(name: string, x: string, y: string, large: boolean): { body: string[]; quotient: string } {
  const near = `const ${name}Near = Math.floor((${x} + 0.5) / ${y});`;
  if (!large) return { body: [near], quotient: `(${name}Near | 0)` };
  const left = `const ${name}Left = Math.floor((${x} - (${name}Near | 0) * ${y} + 0.5) / ${y});`;
  return { body: [near, left], quotient: `((${name}Near | 0) + (${name}Left | 0))` };
}
