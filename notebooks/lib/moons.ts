import type { Random } from "../../autograd/random.ts";
import type { Point } from "./charts.ts";

/** Points in the plane, and the class of each. */
export interface LabelledPoints {
  readonly points: readonly Point[];
  /** −1 or 1, one a point. */
  readonly labels: readonly number[];
}

/**
 * Two half circles that reach into each other, so that no straight line parts them: the upper one is class −1, the
 * lower one class 1, and the points belong to them by turns.
 *
 * The upper one has radius 1 around (0, 0), the lower one around (1, ½). Points lie evenly along the arc, each moved by
 * normal deviates.
 *
 * @param noise The standard deviation of what moves a point, along x and along y.
 * @throws {RangeError} If `count` is not a whole number from 0 up.
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
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`Cannot make two moons of so many points, as it must be a whole number from 0 up: ${count}`);
  }
  const labels = Array.from({ length: count }, (_, i) => i % 2 === 0 ? -1 : 1);
  const points = labels.map((label, i): Point => {
    const angle = Math.PI * (Math.floor(i / 2) + 0.5) / Math.ceil(count / 2); // each moon in equal steps from 0 to π
    const [x, y] = label === -1 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return [x + random.normal(0, noise), y + random.normal(0, noise)];
  });
  return { points, labels };
}
