/**
 * Programs made of an expression: for each element of some views, or folding many elements into one.
 *
 * gpu.js keeps a variable in integers only if it counts it up somewhere, and in float32, which is exact to 2²⁴ alone,
 * if it does not: hence the `++` behind the declarations of positions. Division is always float32's, on a graphics
 * adapter not even rounded rightly, so that quotients are taken half a step off the boundary between two integers; in
 * arrays of more than 2²⁰ elements the rest that this leaves is divided once more.
 */

import type { ParameterType, Program } from "./program.ts";

/** A folding: what it starts with, and how it takes one more number. */
const FOLDS = {
  sum: { start: "0", take: (x: string) => `total + ${x}` },
  max: { start: "lowest", take: (x: string) => `Math.max(total, ${x})` },
} as const;

/** What a folding is called. */
export type Fold = keyof typeof FOLDS;

/** What a program is made of, besides its expression. */
export interface Shape {
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

/** `out[i] = expression` for every position i. The arguments: views, then sizes, then numbers. */
export function mapProgram(expression: string, shape: Shape): Program {
  const { names, rank } = shape;
  const body = rank === 1
    ? names.map((name) => `const ${name} = ${name}Values[${name}Offset + this.thread.x * ${name}Stride0];`)
    : [...position(shape, "this.thread.x"), ...names.map((name) => `const ${name} = ${name}Values[${name}At];`)];
  const parameters = [...names.flatMap((name) => view(name, rank)), ...sizes(rank), ...numbers(shape)];
  return made(parameters, [...body, `return ${expression};`]);
}

/**
 * `out[i, p] = fold of expression over j = p, p + parts, p + 2 parts, … < count`, for every position i and every part p.
 *
 * Parts are interleaved, so that threads that run side by side read side by side. The arguments: views, each followed by
 * its stride along the folded axis; sizes; the count, the parts, how many elements a part has at most, and −∞; numbers.
 */
export function foldProgram(fold: Fold, expression: string, shape: Shape): Program {
  const { names, rank } = shape;
  const { start, take } = FOLDS[fold];
  return made([
    ...names.flatMap((name) => [...view(name, rank), integerParameter(`${name}Step`)]),
    ...sizes(rank),
    ...["count", "parts", "steps"].map(integerParameter),
    ["lowest", "Float"],
    ...numbers(shape),
  ], [
    "let outer = 0; outer++;",
    ...divide("outer", "this.thread.x", "parts", shape.large),
    "let part = 0; part++;",
    "part = this.thread.x - outer * parts;",
    ...position(shape, "outer"),
    `let total = ${start};`,
    "for (let k = 0; k < steps; k++) {",
    "  if (part + k * parts < count) {",
    ...names.map((name) => `    const ${name} = ${name}Values[${name}At + (part + k * parts) * ${name}Step];`),
    `    total = ${take(`(${expression})`)};`,
    "  }",
    "}",
    "return total;",
  ]);
}

/**
 * `out[i]` is an element of `x` where one belongs at position i, by a layout whose strides fall, and else what `before`
 * has there (0 without one). The arguments: the view `x`, its sizes, the layout's offset and strides, and `before`.
 */
export function placeProgram(rank: number, large: boolean, overlays: boolean): Program {
  const axes = [...Array(rank).keys()];
  return made([
    ...view("x", rank),
    ...axes.flatMap((axis) => [`size${axis}`, `place${axis}`].map(integerParameter)),
    integerParameter("placeOffset"),
    ...overlays ? [["before", "Array"] satisfies Parameter] : [],
  ], [
    "let inside = 1;",
    "let rest = 0; rest++;",
    "rest = this.thread.x - placeOffset;",
    "if (rest < 0) inside = 0;",
    "let quotient = 0; quotient++;",
    "let xAt = 0; xAt++;",
    "xAt = xOffset;",
    ...axes.flatMap((axis) => [
      ...divide("quotient", "rest", `place${axis}`, large),
      `if (quotient >= size${axis}) inside = 0;`,
      `xAt += quotient * xStride${axis};`,
      `rest -= quotient * place${axis};`,
    ]),
    "if (rest > 0) inside = 0;",
    "if (inside > 0) return xValues[xAt];",
    `return ${overlays ? "before[this.thread.x]" : "0"};`,
  ]);
}

type Parameter = [name: string, type: ParameterType];

function made(parameters: Parameter[], body: string[]): Program {
  const list = parameters.map(([name]) => name).join(", ");
  const source = `function (${list}) {\n${body.map((line) => `  ${line}\n`).join("")}}`;
  return { source, parameters: Object.fromEntries(parameters), tile: false };
}

function integerParameter(name: string): Parameter {
  return [name, "Integer"];
}

function view(name: string, rank: number): Parameter[] {
  const strides = Array.from({ length: rank }, (_, axis) => `${name}Stride${axis}`);
  return [[`${name}Values`, "Array"], ...[`${name}Offset`, ...strides].map(integerParameter)];
}

/** The sizes of all axes but the first, which no position is divided by. */
function sizes(rank: number): Parameter[] {
  return Array.from({ length: rank - 1 }, (_, i) => integerParameter(`size${i + 1}`));
}

function numbers({ parameters }: Shape): Parameter[] {
  return parameters.map((name) => [name, "Float"]);
}

/** Where the views' elements stand whose position in row-major order is `from`. */
function position({ names, rank, large }: Shape, from: string): string[] {
  return [
    "let rest = 0; rest++;",
    `rest = ${from};`,
    "let quotient = 0; quotient++;",
    ...names.flatMap((name) => [`let ${name}At = 0; ${name}At++;`, `${name}At = ${name}Offset;`]),
    ...Array.from({ length: rank - 1 }, (_, i) => rank - 1 - i).flatMap((axis) => [
      ...divide("quotient", "rest", `size${axis}`, large),
      ...names.map((name) => `${name}At += (rest - quotient * size${axis}) * ${name}Stride${axis};`),
      "rest = quotient;",
    ]),
    ...names.map((name) => `${name}At += rest * ${name}Stride0;`),
  ];
}

/** The whole part of `x / y`. */
function divide(quotient: string, x: string, y: string, large: boolean): string[] {
  return [
    `${quotient} = Math.floor((${x} + 0.5) / ${y}) | 0;`,
    ...large ? [`${quotient} += Math.floor((${x} - ${quotient} * ${y} + 0.5) / ${y}) | 0;`] : [],
  ];
}
