import { expand, sumTo } from "../../autograd/ops/broadcast.ts";
import { broadcastShapes, sameShape, type Shape, showShape } from "../../autograd/shape.ts";
import { Tensor } from "../../autograd/tensor.ts";
import { checkArguments, instance, required } from "../../checks/mod.ts";
import { cells, ground, rowsOf, tints, words } from "./cells.ts";
import { slideshow } from "./slideshow.ts";
import type { Figure } from "./figure.ts";
import type { ColorScale, Trace } from "./traces.ts";

/** What is drawn at one of the three places of `a + b = c`: numbers, and pale copies behind them. */
interface Place {
  readonly name: string;
  readonly solid?: Tensor;
  readonly pale?: Tensor;
}

/**
 * Draws `c = a + b` with a slider: the arrays as they are given, stretched to one shape, and added. Copies are pale.
 *
 * With a gradient it goes on backwards: `∂L/∂c` arrives, every copy receives its share, and the shares of each number
 * are summed.
 *
 * @param gradient `∂L/∂c`, of the shape that `a` and `b` broadcast to. Default: only the sum is drawn.
 * @throws {TypeError} If the shapes do not broadcast or have more than two axes, or the gradient has another shape.
 *
 * @example
 * ```ts
 * import { Tensor } from "nabla";
 * import { broadcastPicture } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const picture = broadcastPicture(Tensor.from([[10], [20]]), Tensor.from([1, 2, 3])); // [2, 1] + [3] → [2, 3]
 * assert.equal(picture.layout.sliders?.[0]?.steps.length, 3); // given, stretched, added
 * ```
 */
export function broadcastPicture(a: Tensor, b: Tensor, gradient?: Tensor): Figure {
  const tensor = instance(Tensor, "Tensor.from([1, 2])");
  checkArguments("draw a sum", arguments, { a: required(tensor), b: required(tensor), gradient: tensor });
  const shape = broadcastShapes("draw the sum of", a.shape, b.shape);
  if (shape.length > 2) {
    throw new TypeError(`Cannot draw an array of shape ${showShape(shape)}, as it must have at most two axes`);
  }
  if (gradient && !sameShape(gradient.shape, shape)) {
    const shapes = `${showShape(gradient.shape)} and ${showShape(shape)}`;
    throw new TypeError(`Cannot draw the gradient of c, as it must have the shape of c: ${shapes}`);
  }
  const nothing: Place = { name: "" };
  const draw = (left: Place, right: Place, result: Place, signs: [string, string]) =>
    drawn(shape, left, right, result, signs);

  const [left, right] = [{ name: "a", solid: a }, { name: "b", solid: b }];
  const [wideLeft, wideRight] = [{ ...left, pale: expand(a, shape) }, { ...right, pale: expand(b, shape) }];
  const forward = {
    given: draw(left, right, nothing, ["+", "="]),
    stretched: draw(wideLeft, wideRight, nothing, ["+", "="]),
    added: draw(wideLeft, wideRight, { name: "c", solid: a.add(b) }, ["+", "="]),
  };
  if (!gradient) return slideshow(forward);

  const arrived = { name: "∂L/∂c", solid: gradient };
  const [shareLeft, shareRight] = [{ name: "shares of a", pale: gradient }, { name: "shares of b", pale: gradient }];
  const [sumLeft, sumRight] = [sumTo(gradient, a.shape), sumTo(gradient, b.shape)];
  return slideshow({
    ...forward,
    "∂L/∂c": draw(nothing, nothing, arrived, ["", "←"]),
    shares: draw(shareLeft, shareRight, arrived, ["", "←"]),
    summed: draw({ name: "∂L/∂a", solid: sumLeft }, { name: "∂L/∂b", solid: sumRight }, arrived, ["", "←"]),
  });
}

/** Three places side by side, each as large as `shape`, with a sign after the first and after the second. */
function drawn(shape: Shape, left: Place, right: Place, result: Place, signs: readonly [string, string]): Figure {
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const places = [[left, tints.left], [right, tints.right], [result, tints.result]] as const;
  const step = columns + 1;
  const captions = places.map(([place], i) => {
    const wide = place.pale ? columns : place.solid?.shape.at(-1) ?? 1; // centred under what is there
    return [caption(place, shape), i * step + (wide - 1) / 2, rows] as const;
  });
  const between = signs.map((sign, i) => [sign, i * step + columns, (rows - 1) / 2] as const);
  return ground(
    [...places.flatMap(([place, tint], i) => placed(place, i * step, tint)), words([...captions, ...between])],
    "c = a + b",
    3 * columns + 2,
    rows,
  );
}

/** The cells of a place whose left edge is at x; the hover text of a copy says what it is a copy of. */
function placed({ name, solid, pale }: Place, x: number, tint: ColorScale): Trace[] {
  const of = (tensor: Tensor) => (i: number, j: number) => `${name}[${[i, j].slice(2 - tensor.rank).join(", ")}]`;
  const within = (size: number, i: number) => Math.min(i, size - 1); // 0 along an axis that was stretched
  const copy = (i: number, j: number) => {
    if (!solid) return `${name} at [${i}, ${j}]`;
    return `a copy of ${of(solid)(within(solid.shape.at(-2) ?? 1, i), within(solid.shape.at(-1) ?? 1, j))}`;
  };
  return [
    ...(pale ? [cells(rowsOf(pale), [x, 0], tint, copy, 0.45)] : []),
    ...(solid ? [cells(rowsOf(solid), [x, 0], tint, of(solid))] : []),
  ];
}

/** `a [3, 1] → [3, 4]` for an array and its copies; only the name where there is no array. */
function caption({ name, solid, pale }: Place, shape: Shape): string {
  if (!solid) return name;
  const grown = pale && !sameShape(solid.shape, shape) ? ` → ${showShape(shape)}` : "";
  return `${name} ${showShape(solid.shape)}${grown}`;
}
