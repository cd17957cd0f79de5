/** The law of arguments for everything that the notebooks use: what is wrong is refused by name. */
import assert from "node:assert/strict";
import { deviceInfo, Random, Tensor, Value } from "../../../mod.ts";
import * as lib from "../../../notebooks/lib/mod.ts";
import { untyped } from "./figures.ts";
import { sayCovered } from "../../support/covered.ts";

interface Call {
  /** Arguments that are taken, as many as there can be. */
  readonly args: readonly unknown[];
  /** How many of them must be given. */
  readonly required: number;
  /** At which place the options are, if there are any. */
  readonly options?: number;
}

const figure = lib.figure([]);
const [a, b] = [Tensor.ones([2, 3]), Tensor.ones([3, 2])];
const kernel = { name: "add", intensity: 1, gflops: 1 };

const calls: Readonly<Record<string, Call>> = {
  badge: { args: [deviceInfo()], required: 1 },
  barChart: { args: [{ a: 1 }, {}], required: 1, options: 1 },
  broadcastPicture: { args: [a, a, a], required: 2 },
  decisionBoundary: { args: [() => 0, [[0, 0]], [1], {}], required: 3, options: 3 },
  derivative: { args: ["x^2", "x"], required: 2 },
  figure: { args: [[], {}], required: 1, options: 1 },
  functionPlot: { args: [{ sin: Math.sin }, { from: 0, to: 1 }], required: 2, options: 1 },
  graphPicture: { args: [new Value(1), {}], required: 1, options: 1 },
  heatmap: { args: [[[1]], {}], required: 1, options: 1 },
  latex: { args: ["x"], required: 1 },
  lineChart: { args: [{ a: [1] }, {}], required: 1, options: 1 },
  live: { args: [() => figure], required: 1 },
  math: { args: ["x", "y"], required: 1 },
  matmulPicture: { args: [a, b], required: 2 },
  progress: { args: [1, {}], required: 1, options: 1 },
  rooflinePlot: { args: [[kernel], { peak: 1, bandwidth: 1 }, {}], required: 2, options: 2 },
  scatterPlot: { args: [[[0, 0]], {}], required: 1, options: 1 },
  show: { args: [figure], required: 1 },
  slideshow: { args: [{ a: figure }, "", {}], required: 1, options: 2 },
  tokenPicture: { args: [["a"], {}], required: 1, options: 1 },
  twoMoons: { args: [2, new Random(1), 0.1], required: 2 },
};

/** Looked at elsewhere: the exercises' own, classes, and what is asynchronous. */
const others = ["check", "todo", "Figure", "Formula", "GraphPicture", "Translation", "translation"];

const functions = Object.entries(lib).flatMap(([name, value]) => typeof value === "function" ? [name] : []);

Deno.test("every function of the notebooks is in the list", () => {
  assert.deepEqual(functions.filter((name) => !others.includes(name)).sort(), Object.keys(calls).sort());
});

let tried = 0;
for (const [name, { args, required, options }] of Object.entries(calls)) {
  const call = untyped(Reflect.get(lib, name));

  Deno.test(`${name} takes what it documents, and undefined for what need not be given`, () => {
    call(...args);
    call(...args.slice(0, required), ...args.slice(required).map(() => undefined));
    tried += 2;
  });

  Deno.test(`${name} refuses an argument that is missing, of no known kind, or too many`, () => {
    for (let i = 0; i < required; i++) {
      for (const wrong of [undefined, Symbol("wrong"), new Map()]) {
        assert.throws(
          () => call(...args.with(i, wrong)),
          /^(Type|Range)Error: Cannot .*(must be|must be given)/,
          `${i}`,
        );
        tried++;
      }
    }
    assert.throws(() => call(...args, "more"), /^TypeError: Cannot .* takes at most \d/);
    tried++;
  });

  if (options === undefined) continue;
  Deno.test(`${name} refuses an unknown option by name, and takes undefined for a known one`, () => {
    const given = args[options] as object; // an object of options, as the list says
    assert.throws(() => call(...args.with(options, { ...given, colour: "red" })), /there is no option "colour"/);
    for (const wrong of [3, "title", null, []]) {
      assert.throws(() => call(...args.with(options, wrong)), /must be an object of options/);
    }
    call(...args.with(options, { ...given, ...knownOf(name) }));
    tried += 6;
  });
}

/** One of the known options of a function, given as undefined. */
function knownOf(name: string): Record<string, undefined> {
  const known: Record<string, string> = {
    graphPicture: "limit",
    progress: "label",
    rooflinePlot: "top",
    slideshow: "sameScales",
    tokenPicture: "columns",
  };
  return { [known[name] ?? "title"]: undefined };
}

Deno.test("the law has been tried", () =>
  sayCovered(`the law of arguments in notebooks/lib: ${Object.keys(calls).length} functions, ${tried} calls`));
