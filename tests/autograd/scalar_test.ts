import assert from "node:assert/strict";
import { Value } from "../../mod.ts";
import "../support/reference.ts";

/** `f(x)` and `f′(x)` for one operand, or `f` and both slopes for two. */
function slopes(f: (...xs: Value[]) => Value, ...at: number[]): number[] {
  const xs = at.map((x) => new Value(x));
  const out = f(...xs);
  out.backward();
  return [out.data, ...xs.map(({ grad }) => grad)];
}

// Other tests compare random graphs with the forward chain rule, the tensor engine and mathjs.
Deno.test("every operation, by hand", () => {
  assert.deepEqual(slopes((a, b) => a!.add(b!), 2, 5), [7, 1, 1]);
  assert.deepEqual(slopes((a, b) => a!.sub(b!), 2, 5), [-3, 1, -1]);
  assert.deepEqual(slopes((a, b) => a!.mul(b!), 2, 5), [10, 5, 2]);
  assert.deepEqual(slopes((a, b) => a!.div(b!), 2, 4), [0.5, 0.25, -0.125]);
  assert.deepEqual(slopes((a, b) => a!.pow(b!), 2, 3), [8, 12, 8 * Math.LN2]);
  assert.deepEqual(slopes((a) => a!.pow(3), 2), [8, 12]);
  assert.deepEqual(slopes((a) => a!.neg(), 2), [-2, -1]);
  assert.deepEqual(slopes((a) => a!.exp(), 0), [1, 1]);
  assert.deepEqual(slopes((a) => a!.log(), 4), [Math.log(4), 0.25]);
  assert.deepEqual(slopes((a) => a!.tanh(), 0), [0, 1]);
  assert.deepEqual(slopes((a) => a!.sigmoid(), 0), [0.5, 0.25]);
  assert.deepEqual(slopes((a) => a!.relu(), 3), [3, 1]);
  assert.deepEqual(slopes((a) => a!.relu(), -3), [0, 0]);
});

Deno.test("numbers are lifted to constants", () => {
  const a = new Value(3);
  assert.equal(a.add(1).mul(2).sub(4).div(2).data, 2);
  assert.throws(() => a.add("1" as unknown as number), {
    name: "TypeError",
    message: 'Cannot call add, as "other" must be a Value or a number: "1"',
  });
});

Deno.test("a quotient is rounded only once, however small or large its operands", () => {
  assert.equal(new Value(49).div(49).data, 1);
  assert.equal(new Value(1e-310).div(1e-310).data, 1);
  assert.equal(new Value(1e308).div(1e308).data, 1);
});

Deno.test("at a kink or a limit the derivative follows the convention", () => {
  assert.deepEqual(slopes((a) => a!.relu(), 0), [0, 0]);
  assert.deepEqual(slopes((a) => a!.pow(0), 0), [1, 0]); // 0 · 0^(−1) is taken as 0
  assert.deepEqual(slopes((a) => a!.pow(1), 0), [0, 1]);
  assert.deepEqual(slopes((a, b) => a!.pow(b!), 0, 2), [0, 0, 0]); // 0² · ln 0 likewise
  assert.deepEqual(slopes((a, b) => a!.pow(b!), 0, 0), [1, 0, 0]); // and 0⁰ · ln 0
  assert.deepEqual(slopes((a) => a!.pow(2), -3), [9, -6]);
});

Deno.test("gradients are summed over all uses, and over calls", () => {
  const x = new Value(3);
  const y = x.mul(x).add(x); // x² + x
  y.backward();
  assert.equal(x.grad, 7);
  y.backward();
  assert.deepEqual([x.grad, y.grad], [14, 2]);
});

Deno.test("a value knows how it was made, and can be printed", () => {
  const [a, b] = [new Value(2, "a"), new Value(3, "b")];
  const c = a.mul(b);
  assert.deepEqual([c.operation, c.parents.map(({ label }) => label)], ["×", ["a", "b"]]);
  assert.equal(String(a), "Value(a: 2, grad 0)");
  assert.equal(String(c), "Value(6, grad 0)");
  assert.equal(Deno.inspect(a), "Value(a: 2, grad 0)");
});
