/** Classic mistakes in the gradients of operations: the results are right, so nothing else reveals them. */

import { div, equal, log, mul, neg, pow, sub } from "../../autograd/ops/arithmetic.ts";
import { where } from "../../autograd/ops/selection.ts";
import { sumTo } from "../../autograd/ops/broadcast.ts";
import { record } from "../../autograd/record.ts";
import { broadcastShapes, normaliseAxes, reducedShape, type Shape } from "../../autograd/shape.ts";
import { type Nested, noGrad, Tensor } from "../../mod.ts";
import type { Apply, Fold } from "./operations.ts";

/** The gradients of an operation's inputs, from its result's gradient, its result and the inputs. */
type WrongBackward = (grad: Tensor, out: Tensor, ...inputs: Tensor[]) => Tensor[];

/** The same results with other gradients. */
function misled(right: Apply, backward: WrongBackward): Apply {
  return (...inputs) => {
    const { view } = noGrad(() => right(...inputs));
    return record("mutant", inputs, view, (grad, out) => backward(grad, out, ...inputs));
  };
}

/** The same for an operation on two tensors that broadcast: the given gradients are summed correctly. */
function misledPair(right: Apply, backward: WrongBackward): Apply {
  return misled(right, (grad, out, a, b) => {
    const [byA, byB] = backward(grad, out, a!, b!);
    return [sumTo(byA!, a!.shape), sumTo(byB!, b!.shape)];
  });
}

/** The mistakes by name, each with the operation that makes it. */
type Mutants<Args extends readonly unknown[]> = Record<string, (...args: Args) => Apply>;

/** The first of the repetitions that broadcasting makes, along missing axes, axes of size 1, or both. */
function firstOf(grad: Tensor, { shape }: Tensor, along: "missing axes" | "axes of size 1" | "both"): Tensor {
  const missing = grad.rank - shape.length;
  const part = grad.slice(...grad.shape.map((size, axis) => {
    const first = axis < missing ? along !== "axes of size 1" : along !== "missing axes" && shape[axis - missing] === 1;
    return first && size > 0 ? [0, 1] as const : null;
  }));
  return sumTo(part, shape);
}

const plus: Apply = (a, b) => a.add(b);

export const WRONG_BROADCASTS: Mutants<[]> = {
  "the gradient is not summed": () => misled(plus, (grad) => [grad, grad]),
  "the gradient is that of the first repetition": () =>
    misled(plus, (grad, _, a, b) => [firstOf(grad, a!, "both"), firstOf(grad, b!, "both")]),
  "the gradient is summed over missing axes alone": () =>
    misled(plus, (grad, _, a, b) => [firstOf(grad, a!, "axes of size 1"), firstOf(grad, b!, "axes of size 1")]),
  "the gradient is summed over axes of size 1 alone": () =>
    misled(plus, (grad, _, a, b) => [firstOf(grad, a!, "missing axes"), firstOf(grad, b!, "missing axes")]),
  "the gradient is averaged": () =>
    misledPair(plus, (grad, _, a, b) => [a!, b!].map((x) => grad.mul(x.size === 0 ? 0 : x.size / grad.size))),
};

/** A matrix product with two given gradients; `spread` takes care of vectors and leading axes. */
function misledProduct(backward: WrongBackward, spread = (a: Tensor, shape: Shape) => a.expand(shape)): Apply {
  return (left, right) => {
    const a = left.rank === 1 ? left.reshape([1, -1]) : left;
    const b = right.rank === 1 ? right.reshape([-1, 1]) : right;
    const batch = broadcastShapes("multiply", a.shape.slice(0, -2), b.shape.slice(0, -2));
    const out = misled((a, b) => a.matmul(b), backward)(
      spread(a, [...batch, ...a.shape.slice(-2)]), // [batch, M, K]
      spread(b, [...batch, ...b.shape.slice(-2)]), // [batch, K, N]
    );
    return out.reshape(noGrad(() => left.matmul(right)).shape);
  };
}

export const WRONG_PRODUCTS: Mutants<[]> = {
  "the right factor is reshaped where it should be transposed": () =>
    misledProduct((grad, _, a, b) => {
      return [grad.matmul(b!.reshape(b!.transpose().shape)), a!.transpose().matmul(grad)];
    }),
  "the left factor is reshaped where it should be transposed": () =>
    misledProduct((grad, _, a, b) => {
      return [grad.matmul(b!.transpose()), a!.reshape(a!.transpose().shape).matmul(grad)];
    }),
  "the product for the right factor is transposed": () =>
    misledProduct((grad, _, a, b) => {
      return [grad.matmul(b!.transpose()), grad.transpose().matmul(a!).reshape(b!.shape)];
    }),
  "gradients are those of two sums": () =>
    misledProduct((grad, _, a, b) => [
      mul(grad.sum(-1, { keepDims: true }), b!.sum(-1).reshape([...b!.shape.slice(0, -2), 1, -1])),
      mul(a!.sum(-2).reshape([...a!.shape.slice(0, -2), -1, 1]), grad.sum(-2, { keepDims: true })),
    ]),
  "of a leading axis that was broadcast, the first gradient is taken": () =>
    misledProduct(
      (grad, _, a, b) => [grad.matmul(b!.transpose()), a!.transpose().matmul(grad)],
      (a, shape) => misled((a) => a.expand(shape), (grad, _, a) => [firstOf(grad, a!, "both")])(a),
    ),
};

const keep = { keepDims: true };

export const WRONG_SOFTMAXES: Mutants<[axis: number]> = {
  "softmax without its cross term": (axis) => misled((a) => a.softmax(axis), (grad, s) => [mul(s, grad)]),
  "softmax's own derivatives alone, s (1 − s)": (axis) =>
    misled((a) => a.softmax(axis), (grad, s) => [mul(grad, mul(s, sub(neg(s), -1)))]),
  "the cross term is not weighted by s": (axis) =>
    misled((a) => a.softmax(axis), (grad, s) => [mul(s, sub(grad, grad.sum(axis, keep)))]),
  "the cross term is summed over all axes": (axis) =>
    misled((a) => a.softmax(axis), (grad, s) => [mul(s, sub(grad, mul(grad, s).sum()))]),
  "the cross term is summed along the last axis, whichever was asked for": (axis) =>
    misled((a) => a.softmax(axis), (grad, s) => [mul(s, sub(grad, mul(grad, s).sum(-1, keep)))]),
};

export const WRONG_LOG_SOFTMAXES: Mutants<[axis: number]> = {
  "log-softmax with log-probabilities where probabilities belong": (axis) =>
    misled((a) => a.logSoftmax(axis), (grad, l) => [sub(grad, mul(l, grad.sum(axis, keep)))]),
  "log-softmax with softmax's gradient": (axis) =>
    misled((a) => a.logSoftmax(axis), (grad, l) => {
      return [mul(l.exp(), sub(grad, mul(grad, l.exp()).sum(axis, keep)))];
    }),
  "log-softmax without the sum of the gradients": (axis) =>
    misled((a) => a.logSoftmax(axis), (grad, l) => [sub(grad, l.exp())]),
};

/** A maximum whose gradient is shared in another way. */
function misledMaximum(
  deal: (grad: Tensor, ties: Tensor, axes: readonly number[]) => Tensor,
): (...args: Fold) => Apply {
  return (axes, options) => (a) => {
    const all = normaliseAxes("fold", axes, a.shape);
    const kept = misled((a) => a.max(all, keep), (grad, out, a) => {
      return [deal(grad.expand(a!.shape), equal(a!, out), all)];
    })(a);
    return kept.reshape(reducedShape(a.shape, all, options?.keepDims ?? false));
  };
}

export const WRONG_MAXIMA: Mutants<Fold> = {
  "every element gets the gradient, as of a sum": misledMaximum((grad) => grad),
  "every element gets a share, as of a mean": misledMaximum((grad, ties, axes) => {
    return div(grad, ties.like(1).sum(axes, keep));
  }),
  "each of several that tie gets the whole gradient": misledMaximum(mul),
  "the first of several that tie gets it all": misledMaximum((grad, ties, axes) => {
    const places = Tensor.arange(ties.size).reshape(ties.shape);
    return mul(grad, equal(places, places.where(ties, Infinity).min(axes, keep)));
  }),
  "ties are counted over all axes": misledMaximum((grad, ties) => div(mul(grad, ties), ties.sum())),
};

const power: Apply = (a, b) => a.pow(b);
const byExponent = (grad: Tensor, out: Tensor, a: Tensor) => mul(grad, mul(out, log(a)));
const zeroWhere = (condition: Tensor, a: Tensor) => where(condition, a.like(0), a);

export const WRONG_POWERS: Mutants<[]> = {
  "the gradient of x², whatever the exponent": () =>
    misledPair(power, (grad, out, a) => [mul(grad, mul(a!, 2)), byExponent(grad, out, a!)]),
  "the exponent is not a factor": () =>
    misledPair(power, (grad, out, a, b) => [mul(grad, pow(a!, sub(b!, 1))), byExponent(grad, out, a!)]),
  "the exponent is not one less": () =>
    misledPair(power, (grad, out, a, b) => [mul(grad, mul(b!, out)), byExponent(grad, out, a!)]),
  "the exponent's gradient has no logarithm": () =>
    misledPair(power, (grad, out, a, b) => [mul(grad, mul(b!, pow(a!, sub(b!, 1)))), mul(grad, out)]),
  "the exponent is a constant": () =>
    misledPair(power, (grad, _, a, b) => [mul(grad, mul(b!, pow(a!, sub(b!, 1)))), mul(grad, 0)]),
  "0 · ∞ at base 0": () =>
    misledPair(power, (grad, out, a, b) => [mul(grad, mul(b!, pow(a!, sub(b!, 1)))), byExponent(grad, out, a!)]),
  "0 for exponent 0, as a constant: right once, wrong when differentiated again": () =>
    misledPair(power, (grad, out, a, b) => [
      mul(grad, zeroWhere(equal(b!, 0), mul(b!, pow(a!, sub(b!, 1))))),
      mul(grad, zeroWhere(equal(out, 0), mul(out, log(a!)))),
    ]),
};

const quotient: Apply = (a, b) => a.div(b);

export const WRONG_QUOTIENTS: Mutants<[]> = {
  "the divisor's gradient has no minus": () =>
    misledPair(quotient, (grad, out, _, b) => [div(grad, b!), div(mul(grad, out), b!)]),
  "the divisor is not squared": () => misledPair(quotient, (grad, out, _, b) => [div(grad, b!), neg(mul(grad, out))]),
  "the dividend's gradient is a product's": () =>
    misledPair(quotient, (grad, out, _, b) => [mul(grad, b!), neg(div(mul(grad, out), b!))]),
  "the dividend is forgotten": () =>
    misledPair(quotient, (grad, _, __, b) => [div(grad, b!), neg(div(grad, mul(b!, b!)))]),
  "the two gradients are swapped": () =>
    misledPair(quotient, (grad, out, _, b) => [neg(div(mul(grad, out), b!)), div(grad, b!)]),
  "the quotient is taken as a constant: right once, wrong when differentiated again": () =>
    misledPair(quotient, (grad, out, _, b) => [div(grad, b!), neg(div(mul(grad, out.detach()), b!))]),
};

export const WRONG_PERMUTATIONS: Mutants<[order: number[]]> = {
  "the order is not inverted": (order) => misled((a) => a.permute(order), (grad) => [grad.permute(order)]),
  "the numbers are read in the order in which they lie": (order) =>
    misled((a) => a.permute(order), (grad, _, a) => [grad.reshape(a!.shape)]),
  "axes are reversed, as of a matrix": (order) =>
    misled((a) => a.permute(order), (grad) => [grad.permute([...grad.shape.keys()].reverse())]),
};

export const WRONG_LOOKUPS: Mutants<[indices: Nested<number>, axis: number]> = {
  "`=` for `+=`: of a row that is picked twice the last gradient counts": (indices, axis) =>
    misled((a) => a.gather(indices, axis), (grad, _, a) => [scattered(grad, a!, indices, axis, (_, part) => part)]),
  "of a row that is picked twice the first gradient counts": (indices, axis) =>
    misled((a) => a.gather(indices, axis), (grad, _, a) => {
      return [scattered(grad, a!, indices, axis, (soFar, part) => soFar === 0 ? part : soFar)];
    }),
  "gradients go to the first rows": (indices, axis) =>
    misled((a) => a.gather(indices, axis), (grad, _, a) => {
      const all = grad.reshape([-1]);
      return [Tensor.concat([all, Tensor.zeros([a!.size])]).slice([0, a!.size]).reshape(a!.shape)];
    }),
};

/** The gradients of selected elements, each combined into the place where the element was selected. */
function scattered(
  grad: Tensor,
  a: Tensor,
  indices: Nested<number>,
  axis: number,
  combine: (soFar: number, part: number) => number,
): Tensor {
  const places = Tensor.arange(a.size).reshape(a.shape).gather(indices, axis).data;
  const out = new Float64Array(a.size);
  grad.data.forEach((part, i) => out[places[i]!] = combine(out[places[i]!]!, part));
  return Tensor.from(out, { shape: a.shape });
}

export const WRONG_TANHS: Mutants<[]> = {
  "1 − tanh": () => misled((a) => a.tanh(), (grad, out) => [sub(grad, mul(grad, out))]),
  "1 − a²": () => misled((a) => a.tanh(), (grad, _, a) => [sub(grad, mul(grad, mul(a!, a!)))]),
  "the result is taken as a constant: right once, wrong when differentiated again": () =>
    misled((a) => a.tanh(), (grad, out) => [sub(grad, mul(grad, mul(out.detach(), out.detach())))]),
};
