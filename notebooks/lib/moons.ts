import { checkArguments, instance, real, required, whole } from "../../checks/mod.ts";
import { Random } from "../../autograd/random.ts";
import type { Point } from "./plane.ts";

/** Points in the plane, and the class of each. */
export interface LabelledPoints {
  readonly points: readonly Point[];
  /** −1 or 1, one a point. */
  readonly labels: readonly number[];
}

/**
 * Makes points on two half circles that reach into each other, so that no straight line can separate them. The upper
 * one is class −1, the lower one class 1, and the points alternate between them.
 *
 * Both circles have radius 1; the upper one is centred at (0, 0), the lower one at (1, ½). The points are evenly spaced
 * along the arcs, and each is moved by normal noise.
 *
 * @param noise The standard deviation of the noise, along x and along y. Default: 0.1.
 * @throws {RangeError} If `count` is not a whole number, at least 0, or `noise` is negative.
 *
 * @example
 * ```ts
 * import { Random } from "nabla";
 * import { twoMoons } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { points, labels } = twoMoons(100, new Random(1), 0.1);
 * assert.equal(points.length, 100);
 * assert.deepEqual(labels.slice(0, 3), [-1, 1, -1]);
 * ```
 */
export function twoMoons(count: number, random: Random, noise = 0.1): LabelledPoints {
  checkArguments("make two moons", arguments, {
    count: required(whole({ min: 0 })),
    random: required(instance(Random, "new Random(1)")),
    noise: real({ min: 0 }),
  });
  const labels = Array.from({ length: count }, (_, i) => i % 2 === 0 ? -1 : 1);
  const points = labels.map((label, i): Point => {
    const angle = Math.PI * (Math.floor(i / 2) + 0.5) / Math.ceil(count / 2); // each moon in equal steps from 0 to π
    const [x, y] = label === -1 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return [x + random.normal(0, noise), y + random.normal(0, noise)];
  });
  return { points, labels };
}
