import * as fc from "fast-check";
import assert from "node:assert/strict";
import { withKernels } from "../../kernels/device.ts";
import { reference } from "../../kernels/reference/mod.ts";
import { nn, Random, Tensor, useDevice } from "../../mod.ts";
import { property } from "../support/property.ts";

await useDevice("reference");

/** A module of given parts, as its fields. */
class Parts extends nn.Module {
  [field: string]: unknown;
  readonly #table = Tensor.ones([3]); // not a parameter

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

property("parameters are named by their path of fields, in order", trees, ({ fields, parameters }) => {
  const found = new Parts(fields).namedParameters();
  assert.deepEqual(found.map(([name, parameter]) => [name, parameter.item()]), parameters);
});

property("eval and train reach every module", trees, ({ fields }) => {
  const module = new Parts(fields);
  assert.ok(module.namedModules().every(([, part]) => part.training));
  assert.ok(module.eval().namedModules().every(([, part]) => !part.training));
  assert.ok(module.train().namedModules().every(([, part]) => part.training));
});

property("loading a state restores it", trees, ({ fields, parameters }) => {
  const module = new Parts(fields);
  const state = module.stateDict();
  for (const parameter of module.parameters()) parameter.assign([-1]);
  assert.deepEqual(Object.entries(state).map(([name, { data }]) => [name, data[0]]), parameters); // a snapshot
  module.loadStateDict(state);
  assert.deepEqual(module.namedParameters().map(([name, { data }]) => [name, data[0]]), parameters);
});

Deno.test("parameters are in public fields: private tables, numbers and functions are not parameters", () => {
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

Deno.test("a state that does not fit is rejected with all problems, and nothing changes", () => {
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

Deno.test("names of properties that every object has are not parameters of a state", () => {
  const module = new Parts({ a: numbers(1) });
  assert.throws(
    () => module.loadStateDict({ a: Tensor.from([1]), constructor: Tensor.from([1]) }),
    /unexpected: constructor/,
  );
  assert.throws(() => new Parts({ toFixed: numbers(1), valueOf: numbers(1) }).loadStateDict({}), {
    problems: ["missing: toFixed", "missing: valueOf"],
  });
});

Deno.test("training continues with the loaded numbers: parameters stay the same tensors", () => {
  const module = new Parts({ w: numbers(1, 2, 3) });
  const [w] = module.parameters();
  module.loadStateDict({ w: Tensor.from([4, 5, 6]) });
  assert.equal(module.parameters()[0], w);
  module.forward(module["w"] as Tensor).sum().backward(); // the tensor given to Parts
  assert.deepEqual(w?.grad?.toArray(), [1, 1, 1]);
});

Deno.test("modules in objects, Maps and Sets are found, named, put into modes and saved", () => {
  const random = new Random(1);
  const linear = () => new nn.Linear(2, 1, { random, bias: false });
  const module = new Parts({
    heads: { left: linear(), right: { deep: [linear()] } },
    more: new Map<unknown, unknown>([["a", linear()], [7, linear()]]),
    set: new Set([linear()]),
    plain: Object.assign(Object.create(null), { x: linear() }),
  });
  assert.deepEqual(names(module), [
    "heads.left.weight",
    "heads.right.deep.0.weight",
    "more.a.weight",
    "more.7.weight",
    "set.0.weight",
    "plain.x.weight",
  ]);
  assert.ok(module.eval().namedModules().every(([, part]) => !part.training));
  const state = module.stateDict();
  for (const p of module.parameters()) p.assign(p.like(0));
  module.loadStateDict(state);
  assert.deepEqual(
    Object.values(module.stateDict()).map((t) => t.toArray()),
    Object.values(state).map((t) => t.toArray()),
  );
});

Deno.test("parameters are declared: a plain tensor is not one, and a frozen parameter stays one", () => {
  const module = new Parts({
    table: Tensor.ones([2]),
    declared: nn.parameter([1, 2]),
    asked: numbers(3),
    computed: numbers(4).mul(2),
  });
  assert.deepEqual(names(module), ["declared", "asked"]);
  for (const p of module.parameters()) p.requiresGrad = false;
  assert.deepEqual(names(module), ["declared", "asked"]);
  module.loadStateDict({ declared: Tensor.from([5, 6]), asked: Tensor.from([7]) });
  assert.deepEqual(module.parameters().map((p) => p.toArray()), [[5, 6], [7]]);
});

Deno.test("nn.parameter makes a new leaf", () => {
  const given = numbers(1, 2).mul(2);
  const p = nn.parameter(given);
  assert.ok(p.requiresGrad && p.origin === undefined && p !== given);
  assert.deepEqual([nn.parameter(Float32Array.of(1, 2)).shape, nn.parameter(3).shape], [[2], []]);
  // @ts-expect-error as in a notebook, where types are not checked
  assert.throws(() => nn.parameter("1"), { name: "TypeError", message: /^Cannot declare a parameter, as "values"/ });
});

Deno.test("modules that contain each other, and containers that contain themselves, are visited once", () => {
  const [a, b] = [new Parts({ w: numbers(1) }), new Parts({ w: numbers(2) })];
  a["other"] = b;
  b["other"] = a;
  b["list"] = [b];
  const ring: unknown[] = [];
  ring.push(ring, numbers(3));
  a["ring"] = ring;
  assert.deepEqual(names(a), ["w", "other.w", "ring.1"]);
  assert.deepEqual(a.namedModules().map(([name]) => name), ["", "other"]);
  a.eval();
  assert.equal(b.training, false);
  a.loadStateDict(a.stateDict());
});

Deno.test("names that two parameters would share, and keys that are not names, are rejected", () => {
  const twice = new Parts({ "a.b": numbers(1), a: { b: numbers(2) } });
  const message = 'Cannot name the parameters, as each must have a name of its own: two are "a.b"';
  assert.throws(() => twice.stateDict(), { name: "TypeError", message });
  assert.throws(() => new Parts({ map: new Map([[{}, numbers(1)]]) }).parameters(), {
    name: "TypeError",
    message: "Cannot name the parameters, as the keys of a Map of modules must be strings or numbers: {}",
  });
  assert.deepEqual(names(new Parts({ map: new Map<unknown, unknown>([[{}, "no module"], [{}, new Date(0)]]) })), []);
});

Deno.test("without strict, matching parameters are loaded and the rest is reported; shapes must still fit", () => {
  const module = new Parts({ a: numbers(1), b: numbers(2, 2) });
  const report = module.loadStateDict({ a: Tensor.from([5]), x: Tensor.from([9]) }, { strict: false });
  assert.deepEqual(report, { missing: ["b"], unexpected: ["x"] });
  assert.deepEqual(module.parameters().map((p) => p.toArray()), [[5], [2, 2]]);
  assert.throws(() => module.loadStateDict({ b: Tensor.from([9]) }, { strict: false }), {
    problems: ["b: shape [1] where it must be [2]"],
  });
  assert.deepEqual(module.loadStateDict(module.stateDict()), { missing: [], unexpected: [] });
});

Deno.test("values that are not state dicts, or do not hold tensors, are rejected", () => {
  const module = new Parts({ a: numbers(1) });
  for (const state of [undefined, null, [], [Tensor.from([1])], new Map(), 3, Tensor.from([1])]) {
    assert.throws(() => module.loadStateDict(state as unknown as nn.StateDict), { // as in a notebook, where types are not checked
      name: "TypeError",
      message: /^Cannot load the state dict, as "state" must be (given: )?an object of tensors by name/,
    });
  }
  assert.throws(() => module.loadStateDict({ a: [5] } as unknown as nn.StateDict), {
    name: "StateDictError",
    problems: ["a: [5] where it must be a Tensor"],
  });
  assert.deepEqual(module.parameters()[0]!.toArray(), [1]);
});

Deno.test("a tied parameter given under two names must have equal numbers", () => {
  const shared = numbers(1, 2);
  const module = new Parts({ first: shared, second: shared });
  module.loadStateDict({ first: Tensor.from([3, NaN]), second: Tensor.from([3, NaN]) });
  assert.deepEqual(shared.toArray(), [3, NaN]);
  assert.throws(() => module.loadStateDict({ first: Tensor.from([3, 4]), second: Tensor.from([3, 5]) }), {
    problems: ["first and second: different numbers where they are one parameter"],
  });
});

Deno.test("a tensor of a device that has ended leaves every parameter unchanged", () => {
  const ended = { ...reference, device: "ended", read: () => assert.fail("the device has ended") };
  const gone = withKernels(ended, () => Tensor.from([9]));
  const module = new Parts({ a: numbers(1), b: numbers(2) });
  assert.throws(() => module.loadStateDict({ a: Tensor.from([5]), b: gone }), /the device has ended/);
  assert.deepEqual(module.parameters().map((p) => p.toArray()), [[1], [2]]);
});

Deno.test("train and eval take no arguments", () => {
  const module = new Parts({});
  // @ts-expect-error as in a notebook, where types are not checked
  assert.throws(() => module.train(false), {
    name: "TypeError",
    message: /^Cannot switch to training mode \(eval\(\) ends it\), as it takes no arguments: .*false$/,
  });
  assert.equal(module.training, true);
});

Deno.test("a part under a symbol has no name, and is not overlooked", () => {
  const key = Symbol("hidden");
  for (const fields of [{ [key]: numbers(1) }, { list: [{ [key]: new Parts({ w: numbers(1) }) }] }]) {
    const message = "Cannot name the parameters, as a field that leads to one must not be a symbol: Symbol(hidden)";
    assert.throws(() => new Parts(fields).parameters(), { name: "TypeError", message });
  }
  assert.deepEqual(names(new Parts({ [key]: "no part", w: numbers(1) })), ["w"]);
});

Deno.test("modules that hold each other in many ways are walked once, however many ways there are", () => {
  let twice: nn.Module = new Parts({ w: numbers(1) });
  for (let depth = 0; depth < 60; depth++) twice = new Parts({ a: twice, b: twice }); // 2⁶⁰ ways to one parameter
  assert.deepEqual(names(twice), ["a.".repeat(60) + "w"]);
  twice.loadStateDict({ ["b.".repeat(60) + "w"]: Tensor.from([7]) }); // any of them is its name
  assert.deepEqual(twice.parameters()[0]?.toArray(), [7]);

  const peers: Record<string, unknown> = {};
  for (let i = 0; i < 20; i++) peers[`m${i}`] = new Parts({ w: numbers(i), peers });
  const all = new Parts({ peers });
  assert.equal(all.eval().parameters().length, 20);
  all.loadStateDict(all.stateDict());
  assert.deepEqual(
    all.loadStateDict({ "peers.m0.peers.m0.w": Tensor.from([1]) }, { strict: false }).unexpected.length,
    1,
  );

  let deep: nn.Module = new Parts({ w: numbers(1) });
  for (let depth = 0; depth < 3000; depth++) deep = new Parts({ a: deep });
  assert.equal(deep.train().parameters().length, 1);
});

Deno.test("an error about very many names prints ten", () => {
  const state = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`x${i}`, Tensor.from(i)]));
  assert.throws(() => new Parts({ w: numbers(1) }).loadStateDict(state), (error: nn.StateDictError) => {
    return error.problems.length === 10_001 && error.message.length < 500 && error.message.endsWith("… and 9991 more");
  });
  const long = { ["x".repeat(1e6)]: Tensor.from(1) };
  assert.throws(() => new Parts({}).loadStateDict(long), (error: Error) => error.message.length < 1000);
});

Deno.test("a class that forgot to extend Module cannot hide its layers", () => {
  const layer = new Parts({ w: numbers(1) });
  class Head {
    constructor(readonly layer: unknown) {}
  }
  const message = 'Cannot name the parameters, as "heads.0" hides "layer" from the model: a Head is no nn.Module ' +
    "(what is not to be trained belongs in a private field)";
  for (const part of [layer, numbers(1)]) {
    const model = new Parts({ heads: [new Head(part)] });
    assert.throws(() => model.parameters(), { name: "TypeError", message });
    assert.throws(() => model.eval(), { name: "TypeError", message });
  }
  // What is found elsewhere is not hidden, and other objects are nobody's business.
  const model = new Parts({
    head: new Head(layer),
    layer,
    table: Tensor.from([1]),
    random: new Random(1),
    day: new Date(0),
  });
  assert.deepEqual(names(model), ["layer.w"]);
});
