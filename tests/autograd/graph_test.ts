import assert from "node:assert/strict";
import { topologicalOrder } from "../../autograd/graph.ts";
import { Value } from "../../mod.ts";
import { programs, run, values } from "../support/programs.ts";
import { property } from "../support/property.ts";
import "../support/reference.ts";

property("every node comes once, after all of its parents, and the root last", programs({ steps: 20 }), (program) => {
  const root = run(program, values, program.points[0]!.map((x) => new Value(x)));
  const order = topologicalOrder<Value>(root);
  const place = new Map(order.map((node, i) => [node, i]));
  assert.equal(place.size, order.length);
  assert.strictEqual(order.at(-1), root);
  for (const node of order) for (const parent of node.parents) assert.ok(place.get(parent)! < place.get(node)!);
});

Deno.test("a diamond, by hand", () => {
  const a = new Value(2, "a");
  const [b, c] = [a.exp(), a.tanh()];
  const d = b.mul(c);
  assert.deepEqual(topologicalOrder<Value>(d), [a, b, c, d]);
});
