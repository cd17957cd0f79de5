import { topologicalOrder } from "./graph.ts";

/**
 * A number that remembers how it was computed, so that the chain rule can be walked backwards from it.
 *
 * Every operation makes a new `Value` that holds its operands and one local derivative for each. `backward()` sets
 * `grad` of every value that it was computed from: `a.grad = ∂out/∂a`.
 *
 * @example
 * ```ts
 * import { Value } from "nabla";
 * import assert from "node:assert/strict";
 *
 * const x = new Value(3, "x");
 * const y = x.mul(x).add(1); // y = x² + 1
 * y.backward();
 * assert.equal(y.data, 10);
 * assert.equal(x.grad, 6); // dy/dx = 2x
 * ```
 */
export class Value {
  /** `∂out/∂this` of the values `out` on which `backward()` was called, summed over the calls; 0 before. */
  grad = 0;

  /**
   * A number that was given, or the result of an operation.
   *
   * @param data The number.
   * @param label A name for pictures and printing. Default: none.
   * @param operation What made it. Default: "", for a number that was given.
   * @param parents The operands that it was made from. Default: none.
   * @param derivatives `∂this/∂parent` for each of the parents.
   * @throws {TypeError} If an argument is of the wrong type, or there are too many.
   */
  constructor(
    public data: number,
    public label = "",
    readonly operation = "",
    readonly parents: readonly Value[] = [],
    private readonly derivatives: readonly number[] = [],
  ) {
    if (typeof data !== "number") throw new TypeError(`Cannot make a Value: data must be a number: ${String(data)}`);
    const names = typeof label === "string" && typeof operation === "string";
    if (!names || !Array.isArray(parents) || !Array.isArray(derivatives) || arguments.length > 5) {
      throw new TypeError("Cannot make a Value: it takes a number, a label, an operation, parents and derivatives");
    }
  }

  /**
   * The sum `a + b`: both derivatives are 1.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(2).add(3).data, 5);
   * ```
   */
  add(other: Value | number): Value {
    const b = lift(other);
    return new Value(this.data + b.data, "", "+", [this, b], [1, 1]);
  }

  /**
   * The product `a · b`: `∂/∂a = b`, `∂/∂b = a`.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(2).mul(3).data, 6);
   * ```
   */
  mul(other: Value | number): Value {
    const b = lift(other);
    return new Value(this.data * b.data, "", "×", [this, b], [b.data, this.data]);
  }

  /**
   * The power `a ^ b`: `∂/∂a = b · a^(b−1)`, `∂/∂b = a^b · ln a` (0 for 0^b with b ≥ 0).
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(2).pow(3).data, 8);
   * ```
   */
  pow(other: Value | number): Value {
    const [a, b, out] = [this.data, lift(other).data, this.data ** lift(other).data];
    const byBase = b === 0 ? 0 : b * a ** (b - 1);
    if (!(other instanceof Value)) return new Value(out, "", `^${b}`, [this], [byBase]);
    return new Value(out, "", "^", [this, other], [byBase, out === 0 || (a === 0 && b === 0) ? 0 : out * Math.log(a)]);
  }

  /**
   * The exponential `e ^ a`, its own derivative.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(0).exp().data, 1);
   * ```
   */
  exp(): Value {
    const out = Math.exp(this.data);
    return new Value(out, "", "exp", [this], [out]);
  }

  /**
   * The natural logarithm `ln a`: the derivative is `1 / a`.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(1).log().data, 0);
   * ```
   */
  log(): Value {
    return new Value(Math.log(this.data), "", "log", [this], [1 / this.data]);
  }

  /**
   * The hyperbolic tangent `tanh a`: the derivative is `1 − tanh² a`.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(0).tanh().data, 0);
   * ```
   */
  tanh(): Value {
    const out = Math.tanh(this.data);
    return new Value(out, "", "tanh", [this], [1 - out ** 2]);
  }

  /**
   * The logistic function `σ = 1 / (1 + e^−a)`: the derivative is `σ · (1 − σ)`.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(0).sigmoid().data, 0.5);
   * ```
   */
  sigmoid(): Value {
    const out = 1 / (1 + Math.exp(-this.data));
    return new Value(out, "", "σ", [this], [out * (1 - out)]);
  }

  /**
   * The rectified linear unit `max(a, 0)`: the derivative is 1 where a > 0, else 0, at the kink too.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(-2).relu().data, 0);
   * ```
   */
  relu(): Value {
    return new Value(Math.max(this.data, 0), "", "relu", [this], [this.data > 0 ? 1 : 0]);
  }

  /**
   * The negation `−a`, as `a · (−1)`.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(2).neg().data, -2);
   * ```
   */
  neg(): Value {
    return this.mul(-1);
  }

  /**
   * The difference `a − b`, as `a + (−b)`.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(2).sub(3).data, -1);
   * ```
   */
  sub(other: Value | number): Value {
    return this.add(lift(other).neg());
  }

  /**
   * The quotient `a / b`: `∂/∂a = 1 / b`, `∂/∂b = −a / b² = −out / b`.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * assert.equal(new Value(3).div(4).data, 0.75);
   * ```
   */
  div(other: Value | number): Value {
    const b = lift(other);
    const out = this.data / b.data; // not a · b^(−1), which rounds twice
    return new Value(out, "", "/", [this, b], [1 / b.data, -out / b.data]);
  }

  /**
   * Adds `∂this/∂v` to `v.grad` of every value `v` that this one was computed from, itself included.
   *
   * The chain rule, from the end to the beginning: `∂out/∂parent += ∂out/∂node · ∂node/∂parent`, where the sum runs
   * over all the nodes that use the parent. A node's own gradient must be complete before it is passed on; walking the
   * topological order backwards ensures that.
   *
   * @example
   * ```ts
   * import { Value } from "nabla";
   * import assert from "node:assert/strict";
   *
   * const x = new Value(3);
   * x.mul(x).backward();
   * assert.equal(x.grad, 6); // d(x²)/dx = 2x
   * ```
   */
  backward(): void {
    const order = topologicalOrder<Value>(this).reverse();
    const passed = new Map<Value, number>([[this, 1]]); // of this call alone: `grad` may hold an earlier one's
    for (const node of order) {
      const gradient = passed.get(node) ?? 0;
      node.grad += gradient;
      node.parents.forEach((parent, i) => {
        passed.set(parent, (passed.get(parent) ?? 0) + gradient * (node.derivatives[i] ?? 0));
      });
    }
  }

  /** The value as a console prints it: `Value(x: 3, grad 6)`. */
  toString(): string {
    return `Value(${this.label && `${this.label}: `}${this.data}, grad ${this.grad})`;
  }

  /** The same for a Deno console. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/** An operand as a `Value`: a number becomes a constant. */
function lift(x: Value | number): Value {
  return x instanceof Value ? x : new Value(x);
}
