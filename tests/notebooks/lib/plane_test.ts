import * as fc from "fast-check";
import assert from "node:assert/strict";
import { Tensor, Value } from "../../../mod.ts";
import { decisionBoundary, type Point, scatterPlot } from "../../../notebooks/lib/mod.ts";
import { read, untyped } from "./figures.ts";

Deno.test("points are drawn by label, each of them once", () => {
  const points = fc.array(fc.tuple(fc.integer(), fc.integer(), fc.constantFrom("a", "b", "c")), { minLength: 1 });
  fc.assert(
    fc.property(points, (examples) => {
      const figure = scatterPlot(examples.map(([x, y]) => [x, y]), { labels: examples.map(([, , label]) => label) });
      const drawn = read(figure).data.flatMap((trace) => trace.x.map((x, i) => [x, trace.y[i], trace.name]));
      assert.deepEqual(drawn.map(String).sort(), examples.map(String).sort());
    }),
    { seed: 1 },
  );
});

Deno.test("points and labels have to be as many", () => {
  assert.throws(
    () => scatterPlot([[0, 0]], { labels: [1, 2] }),
    new TypeError("Cannot draw points, as each point must have a label: 1 points, 2 labels"),
  );
});

Deno.test("tensors of points and of labels are drawn as lists are", () => {
  const [points, labels] = [[[0, 1], [2, 3]] as Point[], [-1, 1]];
  const tensors = [Tensor.from(points), Tensor.from(labels)] as const;
  assert.deepEqual(read(scatterPlot(tensors[0], { labels: tensors[1] })), read(scatterPlot(points, { labels })));
  const score = (x: number, y: number) => x - y;
  assert.deepEqual(read(decisionBoundary(score, ...tensors)), read(decisionBoundary(score, points, labels)));
});

Deno.test("a decision boundary asks the classifier all around the points, and draws it where the score is the level", () => {
  const { data: [scores, boundary, ...points] } = read(
    decisionBoundary((x, y) => x + 10 * y, [[0, 0], [7, 14]], [-1, 1], { resolution: 3, level: 5 }),
  );
  assert.deepEqual([scores?.x, scores?.y], [[-1, 3.5, 8], [-2, 7, 16]]);
  assert.equal(scores?.z[0]?.[2], 8 + 10 * -2 - 5); // rows go along y
  assert.deepEqual([boundary?.contours.start, boundary?.contours.end], [0, 0]);
  assert.deepEqual(points.map((trace) => trace.name), ["−1", "1"]);
});

Deno.test("a decision boundary around a very long list of points is drawn", () => {
  const points = Array.from({ length: 200_000 }, (_, i): Point => [Math.sin(i), Math.cos(i)]);
  const labels = points.map(([x]) => x > 0 ? 1 : -1);
  const { data } = read(decisionBoundary((x, y) => x + y, points, labels, { resolution: 2 }));
  assert.equal(data.slice(2).reduce((sum, trace) => sum + trace.x.length, 0), 200_000);
});

Deno.test("axes have a title, which can be said", () => {
  const titles = (options: { x?: string }) => {
    const { xaxis, yaxis } = read(decisionBoundary(() => 0, [[0, 0]], [1], options)).layout;
    return [xaxis.title.text, yaxis.title.text];
  };
  assert.deepEqual([titles({}), titles({ x: "width" })], [["x₁", "x₂"], ["width", "x₂"]]);
});

Deno.test("what cannot be drawn is refused, and said what it is", () => {
  assert.throws(() => decisionBoundary(() => 0, [], []), /around no points/);
  assert.throws(() => decisionBoundary(() => 0, [[NaN, 1]], [1]), /none is finite/);
  const refuses = (args: unknown[], message: RegExp) =>
    assert.throws(() => untyped(decisionBoundary)(...args), message);
  refuses([() => new Value(1), [[0, 0]], [1]], /what the classifier gives must be a number: a Value/);
  refuses([() => 0, [[0, 0, 0]], [1]], /"points" must be a list of points \[x, y\], or a Tensor \[N, 2\]/);
  refuses([() => 0, Tensor.ones([2, 3]), [1, 1]], /"points" must be/);
  refuses([() => 0, [[0, 0]], [true]], /"labels" must be/);
  refuses([3, [[0, 0]], [1]], /"classify" must be a function: 3/);
  refuses([() => 0, [[0, 0]], [1], { resolution: 1.5 }], /"resolution" must be a whole number/);
});
