import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nn, Random, Tensor, useDevice } from "../../mod.ts";
import { property } from "../support/property.ts";

await useDevice("reference");

/** A module of given parts, which are walked as its fields are. */
class Parts extends nn.Module {
  [field: string]: unknown;
  readonly #table = Tensor.ones([3]); // no parameter

  constructor(fields: Record<string, unknown>) {
    super();
    Object.assign(this, fields);
  }

  override forward(x: Tensor): Tensor {
    return x.mul(this.#table);
  }
}

const numbers = (...values: number[]) => Tensor.from(values, { requiresGrad: true });
const names = (module: nn.Module) => module.namedParameters().map(([name]) => name);

/** Trees of modules in fields and arrays, with the names and numbers of their parameters. */
interface Tree {
  readonly fields: Record<string, unknown>;
  readonly parameters: [name: string, first: number][];
}

const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(
    fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 2 }),
    fc.oneof(
      { depthSize: "small" },
      fc.integer(),
      fc.constant("text"),
      fc.array(tie("tree"), { maxLength: 2 }),
      tie("tree"),
    ),
    { maxKeys: 3 },
  ).map((described) => {
    const tree: Tree = { fields: {}, parameters: [] };
    const add = (name: string, { parameters }: Tree) => {
      tree.parameters.push(...parameters.map(([rest, first]): [string, number] => [`${name}.${rest}`, first]));
    };
    for (const [name, value] of Object.entries(described)) {
      if (typeof value === "string") tree.fields[name] = value;
      else if (typeof value === "number") {
        tree.fields[name] = numbers(value);
        tree.parameters.push([name, value]);
      } else if (Array.isArray(value)) {
        tree.fields[name] = value.map(({ fields }) => new Parts(fields));
        value.forEach((part, i) => add(`${name}.${i}`, part));
      } else {
        tree.fields[name] = new Parts(value.fields);
        add(name, value);
      }
    }
    return tree;
  }),
})).tree;

property("parameters are named by the fields that lead to them, in their order", trees, ({ fields, parameters }) => {
  const found = new Parts(fields).namedParameters();
  assert.deepEqual(found.map(([name, parameter]) => [name, parameter.item()]), parameters);
});

property("eval and train reach every module", trees, ({ fields }) => {
  const module = new Parts(fields);
  assert.ok(module.namedModules().every(([, part]) => part.training));
  assert.ok(module.eval().namedModules().every(([, part]) => !part.training));
  assert.ok(module.train().namedModules().every(([, part]) => part.training));
});

property("what a module's state was is what it is after the state has been loaded", trees, ({ fields, parameters }) => {
  const module = new Parts(fields);
  const state = module.stateDict();
  for (const parameter of module.parameters()) parameter.assign([-1]);
  assert.deepEqual(Object.entries(state).map(([name, { data }]) => [name, data[0]]), parameters); // a snapshot
  module.loadStateDict(state);
  assert.deepEqual(module.namedParameters().map(([name, { data }]) => [name, data[0]]), parameters);
});

Deno.test("a parameter is what public fields hold: no private table, no number, no function", () => {
  const module = new Parts({
    weight: numbers(1),
    dim: 3,
    act: Math.tanh,
    none: undefined,
    list: [numbers(2), 5, [numbers(3)]],
  });
  assert.deepEqual(names(module), ["weight", "list.0", "list.2.0"]);
});

Deno.test("tied weights count once, under their first name, whether a tensor or a module is shared", () => {
  const shared = numbers(1, 2);
  const layer = new nn.Linear(2, 3, { random: new Random(1) });
  const module = new Parts({ embedding: new Parts({ weight: shared }), head: shared, first: layer, second: [layer] });
  assert.deepEqual(names(module), ["embedding.weight", "first.weight", "first.bias"]);
  assert.deepEqual(module.namedModules().map(([name]) => name), ["", "embedding", "first"]);
  assert.match(module.toString(), /^Parts: 11 parameters/);
});

Deno.test("tied weights load under any of their names, and stay tied", () => {
  for (const name of ["embedding.weight", "head"]) {
    const shared = numbers(1, 2);
    const module = new Parts({ embedding: new Parts({ weight: shared }), head: shared });
    module.loadStateDict({ [name]: Tensor.from([3, 4]) });
    assert.deepEqual(shared.toArray(), [3, 4]);
    assert.deepEqual(names(module), ["embedding.weight"]);
  }
});

Deno.test("a state that does not fit is refused with all that is wrong with it, and nothing is changed", () => {
  const module = new Parts({ a: numbers(1), b: numbers(2, 2), c: new Parts({ d: numbers(3) }), tied: numbers(4) });
  module["alias"] = module["tied"];
  const state = { a: Tensor.from([9]), b: Tensor.from([[9], [9]]), x: Tensor.from([9]), "c.x": Tensor.from([9]) };
  assert.throws(() => module.loadStateDict(state), (error: unknown) => {
    assert.ok(error instanceof nn.StateDictError && error instanceof TypeError);
    assert.deepEqual(error.problems.toSorted(), [
      "b: shape [2, 1] where it must be [2]",
      "missing: c.d",
      "missing: tied or alias",
      "unexpected: c.x",
      "unexpected: x",
    ]);
    for (const problem of error.problems) assert.ok(error.message.includes(problem));
    return true;
  });
  assert.deepEqual(module.parameters().map(({ data }) => [...data]), [[1], [2, 2], [3], [4]]);
});

Deno.test("names that every object has are no parameters of a state", () => {
  const module = new Parts({ a: numbers(1) });
  assert.throws(
    () => module.loadStateDict({ a: Tensor.from([1]), constructor: Tensor.from([1]) }),
    /unexpected: constructor/,
  );
  assert.throws(() => new Parts({ toFixed: numbers(1), valueOf: numbers(1) }).loadStateDict({}), {
    problems: ["missing: toFixed", "missing: valueOf"],
  });
});

Deno.test("training goes on with the loaded numbers: parameters stay the same tensors", () => {
  const module = new Parts({ w: numbers(1, 2, 3) });
  const [w] = module.parameters();
  module.loadStateDict({ w: Tensor.from([4, 5, 6]) });
  assert.equal(module.parameters()[0], w);
  module.forward(module["w"] as Tensor).sum().backward(); // what Parts was given
  assert.deepEqual(w?.grad?.toArray(), [1, 1, 1]);
});
