import assert from "node:assert/strict";
import { Random } from "../../../autograd/random.ts";
import { twoMoons } from "../../../notebooks/lib/moons.ts";

Deno.test("without noise every point lies on its own half circle", () => {
  const { points, labels } = twoMoons(51, new Random(1), 0);
  points.forEach(([x, y], i) => {
    const upper = labels[i] === -1;
    const radius = upper ? Math.hypot(x, y) : Math.hypot(x - 1, y - 0.5);
    assert.ok(Math.abs(radius - 1) < 1e-12, `point ${i}`);
    assert.ok(upper ? y > 0 : y < 0.5, `point ${i}`);
  });
});

Deno.test("the classes take turns, so that they differ by one point at most", () => {
  const { labels } = twoMoons(51, new Random(1), 0.1);
  assert.deepEqual([-1, 1].map((kind) => labels.filter((label) => label === kind).length), [26, 25]);
});

Deno.test("the same seed gives the same points, another one others", () => {
  assert.deepEqual(twoMoons(20, new Random(3), 0.1), twoMoons(20, new Random(3), 0.1));
  assert.notDeepEqual(twoMoons(20, new Random(3), 0.1), twoMoons(20, new Random(4), 0.1));
});

Deno.test("the noise has the deviation that was asked for", () => {
  const [exact, noisy] = [twoMoons(2000, new Random(5), 0), twoMoons(2000, new Random(5), 0.2)];
  const moved = noisy.points.flatMap((
    [x, y],
    i,
  ) => [x - (exact.points[i]?.[0] ?? NaN), y - (exact.points[i]?.[1] ?? NaN)]);
  const deviation = Math.sqrt(moved.reduce((sum, d) => sum + d * d, 0) / moved.length);
  assert.ok(Math.abs(deviation - 0.2) < 0.01, `seed 5: ${deviation}`);
});

Deno.test("no points are no error, a part of a point is one", () => {
  assert.deepEqual(twoMoons(0, new Random(1), 0.1), { points: [], labels: [] });
  assert.throws(() => twoMoons(2.5, new Random(1), 0.1), /"count" must be a whole number, at least 0: 2\.5/);
});
