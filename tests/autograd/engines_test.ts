/** The scalar engine and the tensor engine agree on the same graph. */

import assert from "node:assert/strict";
import { Tensor, Value } from "../../mod.ts";
import { assertClose } from "../support/closeness.ts";
import { engineLaw, RIGHT, tensorEngine, tensorWalker, valueEngine, valueWalker } from "../support/engines.ts";
import { type Algebra, programs, run, tensors, values } from "../support/programs.ts";
import { property, testLaw } from "../support/property.ts";
import "../support/reference.ts";

testLaw(engineLaw("Value", valueEngine), 300);
testLaw(engineLaw("Tensor", tensorEngine), 300);
testLaw(engineLaw("a walk over the graph of Values by hand", valueWalker(RIGHT)));
testLaw(engineLaw("a walk over the graph of Tensors by hand", tensorWalker(RIGHT)));

property("both engines compute the same value and gradients for the same graph", programs(), (program) => {
  for (const point of program.points) {
    const scalars = point.map((x) => new Value(x));
    const arrays = point.map((x) => Tensor.from(x, { requiresGrad: true }));
    const [scalar, array] = [run(program, values, scalars), run(program, tensors, arrays)];
    scalar.backward();
    array.backward();
    assertClose([array.item()], [scalar.data]);
    assertClose(arrays.map((x) => x.grad?.item() ?? 0), scalars.map((x) => x.grad));
  }
}, 300);

property("a tensor of many points computes the same at each point as a scalar", programs({ points: 4 }), (program) => {
  const columns = program.points[0]!.map((_, i) => program.points.map((point) => point[i]!));
  const inputs = columns.map((column) => Tensor.from(column, { requiresGrad: true }));
  const out = run(program, tensors, inputs);
  out.sum().backward();
  program.points.forEach((point, p) => {
    const scalars = point.map((x) => new Value(x));
    const scalar = run(program, values, scalars);
    scalar.backward();
    assertClose([out.data[p]!], [scalar.data]);
    assertClose(inputs.map((x) => x.grad?.data[p] ?? 0), scalars.map((x) => x.grad));
  });
});

/** The expression of micrograd's README. */
function micrograd<T>({ add, sub, mul, div, pow, relu }: Algebra<T>, constant: (x: number) => T, a: T, b: T): T {
  const [one, two, three] = [constant(1), constant(2), constant(3)];
  let c = add(a, b);
  let d = add(mul(a, b), pow(b, three));
  c = add(c, add(c, one));
  c = add(c, sub(add(one, c), a));
  d = add(d, add(mul(d, two), relu(add(b, a))));
  d = add(d, add(mul(three, d), relu(sub(b, a))));
  const f = pow(sub(c, d), two);
  return add(div(f, two), div(constant(10), f));
}

Deno.test("micrograd's README expression: g = 24.7041, dg/da = 138.8338, dg/db = 645.5773, in both engines", () => {
  const [a, b] = [new Value(-4), new Value(2)];
  const scalar = micrograd(values, (x) => new Value(x), a, b);
  scalar.backward();
  const [ta, tb] = [Tensor.from(-4, { requiresGrad: true }), Tensor.from(2, { requiresGrad: true })];
  const tensor = micrograd(tensors, (x) => Tensor.from(x), ta, tb);
  tensor.backward();
  for (const found of [[scalar.data, a.grad, b.grad], [tensor.item(), ta.grad!.item(), tb.grad!.item()]]) {
    assert.deepEqual(found.map((x) => x.toFixed(4)), ["24.7041", "138.8338", "645.5773"]);
  }
});

Deno.test("a chain of 100,000 additions runs forward and backward, in both engines", () => {
  const [a, x] = [new Value(1), Tensor.from([1, 2], { requiresGrad: true })];
  let [scalar, tensor]: [Value, Tensor] = [a, x];
  for (let i = 0; i < 100_000; i++) [scalar, tensor] = [scalar.add(a), tensor.add(x)];
  scalar.backward();
  tensor.sum().backward();
  assert.deepEqual([scalar.data, a.grad], [100_001, 100_001]);
  assert.deepEqual([tensor.toArray(), x.grad?.toArray()], [[100_001, 200_002], [100_001, 100_001]]);
});
