/**
 * Programs made of an expression: for each element of some views, or folding many elements into one.
 *
 * gpu.js keeps a kernel's variables in float32, which is exact to 2²⁴ alone; integers are only what comes from integers
 * within one expression, `… | 0` among them. So positions are never variables here. Division, too, is float32's, on a
 * graphics adapter not even rounded rightly: quotients are taken half a step off the boundary between two integers; and
 * in arrays of more than 2²⁰ elements, the rest that this leaves is divided once more.
 */

import type { View } from "../kernels.ts";
import type { Shape } from "../view.ts";
import type { ParameterType, Program } from "./program.ts";
import type { GpuStorage } from "./storage.ts";
import { storageOf } from "./views.ts";

/** A folding: what it starts with, and how it takes one more number. */
const FOLDS = {
  sum: { start: "0", take: (x: string) => `total + ${x}` },
  max: { start: "lowest", take: (x: string) => `larger(total, ${x})` },
} as const;

/** What a folding is called. */
export type Fold = keyof typeof FOLDS;

/** What an expression speaks of: how many parameters a program has, and which. */
export interface Signature {
  /** What the expression calls the elements of the views. */
  readonly names: readonly string[];
  /** What it calls its numbers. */
  readonly parameters: readonly string[];
  /** Over how many axes the views are stepped through. */
  readonly rank: number;
  /** Whether there are more than 2²⁰ elements. */
  readonly large: boolean;
}

/** Elements up to which one division finds a position. */
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
 * Parts are interleaved, so that threads that run side by side read side by side. Besides the arguments of the views (each
 * with its stride along the folded axis), the sizes and the numbers, there are `count` and `parts`, how many `steps` a
 * part has at most, and `lowest`, which is −∞.
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
 * `out[i]` is an element of `x` where one belongs at position i, by a layout whose strides fall, and else what `before`
 * has there (0 without one). Besides those of the view `x`, the arguments are `size` and `place` of each axis, its size and
 * its stride in the layout, the layout's offset `placeOffset`, and `before`.
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

/** The arguments of a view; of one that is folded, also its stride along the folded axis. */
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

/** The parameters of the sizes: those of all axes but the first, which no position is divided by. */
function sizes(rank: number): Parameter[] {
  return Array.from({ length: rank - 1 }, (_, i) => integer(`size${i + 1}`));
}

function numbers({ parameters }: Signature): Parameter[] {
  return parameters.map((name) => [name, "Float"]);
}

/** How far from its offset a view has the element whose position in row-major order is `from`. */
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

/** The whole part of `x / y`, as an expression, and the variables that it is made of. */
function divide(name: string, x: string, y: string, large: boolean): { body: string[]; quotient: string } {
  const near = `const ${name}Near = Math.floor((${x} + 0.5) / ${y});`;
  if (!large) return { body: [near], quotient: `(${name}Near | 0)` };
  const left = `const ${name}Left = Math.floor((${x} - (${name}Near | 0) * ${y} + 0.5) / ${y});`;
  return { body: [near, left], quotient: `((${name}Near | 0) + (${name}Left | 0))` };
}
