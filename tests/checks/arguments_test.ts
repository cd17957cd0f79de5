import * as fc from "fast-check";
import assert from "node:assert/strict";
import {
  check,
  checkArguments,
  either,
  flag,
  listOf,
  oneOf,
  optionsOf,
  rate,
  required,
  size,
} from "../../checks/mod.ts";
import { property } from "../support/property.ts";

interface LayerOptions {
  dropout?: number;
  norm?: "pre" | "post";
  heads: number;
}
const layerOptions = optionsOf<LayerOptions>({ dropout: rate, norm: oneOf("pre", "post"), heads: required(size) });

function layer(...given: unknown[]): void {
  checkArguments("make a layer", given, { dim: required(size), options: layerOptions });
}

Deno.test("values that follow the rules are accepted, and undefined counts as not given", () => {
  layer(8, { heads: 2 });
  layer(8, { heads: 2, dropout: undefined, norm: "post" });
});

Deno.test("each error names the action, the rule and the value", () => {
  const cases: [unknown[], string, string][] = [
    [[], "TypeError", 'Cannot make a layer, as "dim" must be given: a whole number, at least 1'],
    [["8"], "TypeError", 'Cannot make a layer, as "dim" must be a whole number, at least 1: "8"'],
    [[0], "RangeError", 'Cannot make a layer, as "dim" must be a whole number, at least 1: 0'],
    [[8], "TypeError", 'Cannot make a layer, as the option "heads" must be given: a whole number, at least 1'],
    [
      [8, null],
      "TypeError",
      'Cannot make a layer, as "options" must be an object of options (dropout, norm, heads): null',
    ],
    [
      [8, { heads: 2, dropuot: 0.1 }],
      "TypeError",
      'Cannot make a layer, as there is no option "dropuot": there are dropout, norm, heads',
    ],
    [
      [8, { heads: 2, norm: "prenorm" }],
      "RangeError",
      'Cannot make a layer, as the option "norm" must be "pre" or "post": "prenorm"',
    ],
    [
      [8, { heads: 2, dropout: 1 }],
      "RangeError",
      'Cannot make a layer, as the option "dropout" must be a finite number, at least 0 and less than 1: 1',
    ],
    [
      [8, { heads: 2 }, true],
      "TypeError",
      "Cannot make a layer, as it takes at most 2 (dim, options): 3 were given, the last true",
    ],
  ];
  for (const [given, name, message] of cases) assert.throws(() => layer(...given), { name, message });
});

Deno.test("a rule for two kinds checks the range of each", () => {
  const axes = either(size, listOf(size, "sizes"));
  check("fold", "an axis", 3, axes);
  check("fold", "an axis", [3, 4], axes);
  assert.throws(() => check("fold", "an axis", 0, axes), RangeError);
  assert.throws(() => check("fold", "an axis", [3, 0], axes), RangeError);
  assert.throws(() => check("fold", "an axis", [3, "4"], axes), TypeError);
  assert.throws(() => check("fold", "an axis", {}, axes), TypeError);
});

const anyValue = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });

property("whatever is given, the error is a TypeError or a RangeError, and short", anyValue, (value) => {
  fc.pre(typeof value !== "boolean" && value !== undefined);
  assert.throws(() => check("try", "it", value, flag), (error) => {
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /^Cannot try, as it must be true or false: /);
    return error.message.length < 120;
  });
});

Deno.test("options are an object in braces: what a Map or a prototype holds would be overlooked", () => {
  const options = { options: optionsOf<{ size?: number }>({ size }) };
  const make = (...given: unknown[]) => checkArguments("make", given, options);
  class Settings {
    size = 3;
  }
  for (const given of [new Map([["size", 3]]), new Settings(), Object.create({ size: 3 }), new Set(), new Date(0)]) {
    assert.throws(() => make(given), /^TypeError: Cannot make, as "options" must be an object of options \(size\): /);
  }
  make(Object.freeze({ size: 3 }));
  make(Object.assign(Object.create(null), { size: 3 }));
});

Deno.test("an option with a very long name is named in short", () => {
  const options = { options: optionsOf<{ size?: number }>({ size }) };
  assert.throws(() => checkArguments("make", [{ ["k".repeat(1e6)]: 1 }], options), (error: Error) => {
    return error.message.length < 200 && error.message.startsWith('Cannot make, as there is no option "kkk');
  });
});
