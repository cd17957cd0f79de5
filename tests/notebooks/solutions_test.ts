import { Random } from "../../autograd/random.ts";
import assert from "node:assert/strict";
import { exercises } from "../../notebooks/lib/exercises/mod.ts";
import { check, todo } from "../../notebooks/lib/mod.ts";
import * as scalarAutograd from "../../notebooks/solutions/01_scalar_autograd.ts";
import * as neuronToMlp from "../../notebooks/solutions/02_neuron_to_mlp.ts";
import * as tensors from "../../notebooks/solutions/03_tensors.ts";
import * as kernels from "../../notebooks/solutions/04_kernels.ts";
import * as tokenizers from "../../notebooks/solutions/05_tokenizers.ts";
import * as languageModels from "../../notebooks/solutions/06_language_models.ts";
import * as selfAttention from "../../notebooks/solutions/07_self_attention.ts";
import * as transformer from "../../notebooks/solutions/08_transformer.ts";
import { mistakes } from "./mistakes.ts";

const solutions = new Map<string, Answer>(
  Object.entries({
    ...scalarAutograd,
    ...neuronToMlp,
    ...tensors,
    ...kernels,
    ...tokenizers,
    ...languageModels,
    ...selfAttention,
    ...transformer,
  }),
);
const names = exercises.map((exercise) => exercise.name);

Deno.test("every exercise has a name of its own, a solution, and at least four mistakes; no other has", () => {
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual([...solutions.keys()].sort(), [...names].sort());
  assert.deepEqual(Object.keys(mistakes).sort(), [...names].sort());
  for (const [name, wrong] of Object.entries(mistakes)) assert.ok(Object.keys(wrong).length >= 4, name);
});

const seeds = [1, 2, 3];

/** Enough cases for answers that are wrong nearly everywhere. */
const few = { cases: 25 };

type Answer = (...args: never[]) => unknown;

/** A solution as it can be called with what `check` passes, whose types only the exercise knows. */
const callable = (solution: Answer) => solution as (...args: unknown[]) => unknown;

/** Numbers times a factor, however deep they stand in lists; a value of any other kind is made undefined. */
const times = (answer: unknown, factor: number): unknown => {
  if (typeof answer === "number") return answer * factor;
  return Array.isArray(answer) ? answer.map((x) => times(x, factor)) : undefined;
};

/** The right answer, from a function that then takes the last number off every list that it was given. */
const spoiling = (solution: Answer) => (...args: unknown[]): unknown => {
  const answer = callable(solution)(...args);
  for (const arg of args) if (Array.isArray(arg)) arg.pop();
  return answer;
};

for (const [name, solution] of solutions) {
  Deno.test(`the solution of ${name} obeys every law`, () => {
    for (const seed of seeds) {
      const result = check(name, solution, { seed });
      assert.ok(result.ok, String(result));
    }
  });

  Deno.test(`${name}: the right answer is refused where it costs the caller a list`, () => {
    let lists = 0;
    const spoils = spoiling(solution);
    const counting = (...args: unknown[]) => {
      lists += args.filter((arg) => Array.isArray(arg) && arg.length > 0).length;
      return spoils(...args);
    };
    assert.equal(check(name, counting).outcome, lists > 0 ? "failed" : "passed");
  });

  Deno.test(`${name}: no constant, no opposite and no answer doubled is right`, () => {
    const all: unknown[] = [];
    const first = (...args: unknown[]) => {
      all.push(callable(solution)(...args));
      return all[0];
    };
    assert.equal(check(name, first, few).outcome, "failed", "always the first answer");
    for (const factor of [-1, 2, 1.01]) {
      const scaled = (...args: unknown[]) => times(callable(solution)(...args), factor);
      assert.equal(check(name, scaled, few).outcome, "failed", `${factor} times the answer`);
    }
  });

  Deno.test(`${name}: the right answer is refused where it always looks at the first value of an argument`, () => {
    for (let i = 0; i < solution.length; i++) {
      const seen: unknown[] = [];
      const stubborn = (...args: unknown[]) => {
        seen.push(args[i]);
        return callable(solution)(...args.with(i, seen[0]));
      };
      const { outcome } = check(name, stubborn, few);
      if (seen[0] instanceof Random) continue; // one source of random numbers is as good as another
      assert.equal(outcome, "failed", `argument ${i + 1} may be ignored`);
    }
  });

  Deno.test(`${name} is not done yet where todo() stands`, () => {
    assert.equal(check(name, () => todo()).outcome, "todo");
  });
}

for (const [name, wrong] of Object.entries(mistakes)) {
  for (const [mistake, attempt] of Object.entries(wrong)) {
    Deno.test(`${name}: a function that ${mistake} is refuted`, () => {
      for (const seed of seeds) {
        const result = check(name, attempt, { seed });
        assert.equal(result.outcome, "failed", String(result));
      }
    });
  }

  Deno.test(`${name}: every law refutes some mistake, so that none is idle`, () => {
    const all = [...Object.values(wrong), spoiling(solutions.get(name)!)]; // there is one for each, says the first test
    const results = all.map((attempt) => check(name, attempt).findings ?? []);
    for (const [i, { says }] of (results[0] ?? []).entries()) {
      assert.ok(results.some((findings) => findings[i]?.counterexample), says);
    }
  });
}
