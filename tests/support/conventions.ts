/** Laws of single operations: the conventions where a derivative has no single value. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { normaliseAxes } from "../../autograd/shape.ts";
import { grad, Tensor } from "../../mod.ts";
import * as any from "./arbitraries.ts";
import { assertClose } from "./closeness.ts";
import { everyIndex, reader } from "./indices.ts";
import type { Apply, Fold } from "./operations.ts";
import { type Law, law } from "./property.ts";

/** The elements that tie for a maximum or a minimum share its gradient equally, and the others get none. */
export function tieLaw(name: string, fold: (...args: Fold) => Apply): Law {
  const cases = any.fullShapes().chain((shape) => fc.tuple(any.inputOf(shape, any.tying), any.axesOf(shape)));
  return law(`elements that tie share the gradient of ${name} equally`, cases, ([input, axes]) => {
    const x = any.tensorOf(input, true);
    const out = fold(axes, { keepDims: true })(x);
    const seed = Tensor.arange(out.size).add(1).reshape(out.shape);
    out.backward({ seed });

    const folded = normaliseAxes("fold", axes, x.shape);
    const [element, result, share] = [reader(x), reader(out), reader(seed)];
    const group = (index: number[]) => index.map((i, axis) => folded.includes(axis) ? 0 : i);
    const ties = everyIndex(x.shape).filter((index) => element(index) === result(group(index)));
    const expected = everyIndex(x.shape).map((index) => {
      const rivals = ties.filter((tie) => String(group(tie)) === String(group(index)));
      return rivals.some((tie) => String(tie) === String(index)) ? share(group(index)) / rivals.length : 0;
    });
    assertClose(x.grad!.data, expected);
  });
}

/** At base 0 the derivatives of a power are the limits of their formulas, which give 0 · ∞; so are higher ones. */
export function zeroBaseLaw(pow: Apply): Law {
  const cases = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 5 }));
  return law("the derivatives of x^n at 0 are those of a polynomial", cases, ([n, order]) => {
    const exponent = Tensor.from(n);
    let f = (x: Tensor) => pow(x, exponent);
    for (let i = 0; i < order; i++) f = grad(f);
    const factorial = [1, 1, 2, 6, 24][n];
    assert.equal(f(Tensor.from(0)).item(), order === n ? factorial : 0);

    const b = Tensor.from(n + 0.5, { requiresGrad: true });
    pow(Tensor.from(0), b).backward();
    assert.equal(b.grad?.item(), 0); // 0^b is 0 for every b > 0
  });
}
