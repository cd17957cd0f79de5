/** mathjs differentiates the text of an expression by its own rules: an oracle that shares nothing with our code. */

import * as mathjs from "mathjs";
import { grad, Random, Tensor, Value } from "../../mod.ts";
import { assertClose } from "../support/closeness.ts";
import { programs, run, tensors, texts, values } from "../support/programs.ts";
import { property } from "../support/property.ts";
import "../support/reference.ts";

/** Symbolic derivatives are long: their terms round and cancel more than ours. */
const TOLERANCE = 1e-8;

/** The derivative of an expression with respect to x, of any order. */
function derivative(expression: mathjs.MathNode, order: number): mathjs.MathNode {
  return order === 0 ? expression : derivative(mathjs.derivative(expression, "x", { simplify: false }), order - 1);
}

const cases = programs({ inputs: 2, steps: 5, smooth: true });

property("the value and first two derivatives of any expression equal mathjs's", cases, (program) => {
  const [x, y] = program.points[0]!;
  const expression = mathjs.parse(run(program, texts, ["x", "y"]));
  const expected = [0, 1, 2].map((order): number => derivative(expression, order).evaluate({ x, y }));

  const scalar = new Value(x!);
  const out = run(program, values, [scalar, new Value(y!)]);
  out.backward();
  assertClose([out.data, scalar.grad], expected.slice(0, 2), TOLERANCE);

  const f = (t: Tensor) => run(program, tensors, [t, Tensor.from(y!)]);
  const at = Tensor.from(x!);
  assertClose([f(at), grad(f)(at), grad(grad(f))(at)].map((t) => t.item()), expected, TOLERANCE);
});

Deno.test("the second derivative of tanh(x)³·e^x through grad(grad(f)) is mathjs's at a hundred random points", () => {
  const second = derivative(mathjs.parse("tanh(x)^3 * exp(x)"), 2);
  const ours = grad(grad((x: Tensor) => x.tanh().pow(3).mul(x.exp())));
  const random = new Random(20250611);
  const points = Array.from({ length: 100 }, () => random.uniform(-3, 3));
  assertClose(points.map((x) => ours(Tensor.from(x)).item()), points.map((x): number => second.evaluate({ x })), 1e-12);
});
