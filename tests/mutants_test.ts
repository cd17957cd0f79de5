/**
 * Tests of the tests: classic wrong gradients, each refuted by the same properties that the right ones satisfy.
 *
 * A property that no mistake can break says nothing, so a mutant that survives is a fault in the tests.
 */

import assert from "node:assert/strict";
import { tieLaw, zeroBaseLaw } from "./support/conventions.ts";
import { derivativeLaws } from "./support/derivatives.ts";
import { engineLaw, tensorEngine, tensorWalker, valueEngine, valueWalker } from "./support/engines.ts";
import { type Apply, type Operation, OPERATIONS } from "./support/operations.ts";
import type { Law } from "./support/property.ts";
import { WRONG_WALKS } from "./support/wrong_engines.ts";
import * as wrong from "./support/wrong_operations.ts";
import "./support/reference.ts";

/** Something that can be wrong: the laws that it obeys, and those of its mutants by description. */
interface Family {
  readonly right: readonly Law[];
  readonly mutants: Readonly<Record<string, readonly Law[]>>;
}

/** The mutants of an operation; `more` are laws beside those of all derivatives. */
function family<Args extends readonly unknown[]>(
  operation: Operation<Args>,
  mutants: Record<string, (...args: Args) => Apply>,
  right: (...args: Args) => Apply,
  more: (apply: (...args: Args) => Apply) => Law[] = () => [],
): Family {
  const laws = (apply: (...args: Args) => Apply) => [...more(apply), ...derivativeLaws(operation.as(apply))];
  return { right: laws(right), mutants: mapped(mutants, laws) };
}

function mapped<A, B>(record: Readonly<Record<string, A>>, f: (a: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, a]) => [name, f(a)]));
}

const FAMILIES: Record<string, Family> = {
  "broadcasting": family(OPERATIONS.add, wrong.WRONG_BROADCASTS, () => (a, b) => a.add(b)),
  "accumulation in Value": {
    right: [engineLaw("Value", valueEngine)],
    mutants: mapped(WRONG_WALKS, (walk) => [engineLaw("a mutant", valueWalker(walk))]),
  },
  "accumulation in Tensor": {
    right: [engineLaw("Tensor", tensorEngine)],
    mutants: mapped(WRONG_WALKS, (walk) => [engineLaw("a mutant", tensorWalker(walk))]),
  },
  "matmul": family(OPERATIONS.matmul, wrong.WRONG_PRODUCTS, () => (a, b) => a.matmul(b)),
  "softmax": family(OPERATIONS.softmax, wrong.WRONG_SOFTMAXES, (axis) => (a) => a.softmax(axis)),
  "log-softmax": family(OPERATIONS.logSoftmax, wrong.WRONG_LOG_SOFTMAXES, (axis) => (a) => a.logSoftmax(axis)),
  "max": family(
    OPERATIONS.max,
    wrong.WRONG_MAXIMA,
    (axes, options) => (a) => a.max(axes, options),
    (max) => [tieLaw("max", max)],
  ),
  "pow": family(OPERATIONS.pow, wrong.WRONG_POWERS, () => (a, b) => a.pow(b), (pow) => [zeroBaseLaw(pow())]),
  "division": family(OPERATIONS.div, wrong.WRONG_QUOTIENTS, () => (a, b) => a.div(b)),
  "permute": family(OPERATIONS.permute, wrong.WRONG_PERMUTATIONS, (order) => (a) => a.permute(order)),
  "gather": family(OPERATIONS.gather, wrong.WRONG_LOOKUPS, (indices, axis) => (a) => a.gather(indices, axis)),
  "tanh": family(OPERATIONS.tanh, wrong.WRONG_TANHS, () => (a) => a.tanh()),
};

/** How a law reports a wrong gradient: any other error would come from a mutant that cannot even run. */
const REFUTED =
  /Got (AssertionError|GradcheckError|TypeError: Cannot differentiate "mutant", as an operand's gradient)/;

for (const [name, { right, mutants }] of Object.entries(FAMILIES)) {
  Deno.test(`${name}: the right one obeys the laws`, () => {
    for (const law of right) assert.equal(law.refutation(10), undefined);
  });
  for (const [mistake, laws] of Object.entries(mutants)) {
    Deno.test(`${name}, refuted: ${mistake}`, () => {
      const report = laws.values().map((law) => law.refutation()).find((report) => report !== undefined);
      assert.match(report ?? "no law refutes this mutant", REFUTED);
    });
  }
}

const counts = Object.entries(FAMILIES).map(([name, { mutants }]) => [name, Object.keys(mutants).length] as const);
const total = counts.reduce((sum, [, count]) => sum + count, 0);

Deno.test(`${total} mutants, at least three per family: ${counts.map((count) => count.join(" ")).join(", ")}`, () => {
  for (const [name, count] of counts) assert.ok(count >= 3, name);
});
