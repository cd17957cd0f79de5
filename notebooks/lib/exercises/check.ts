import { html } from "../../../autograd/html.ts";
import { type Bundle, display, type Displayable } from "../display.ts";
import { Todo } from "./define.ts";
import type { AnyFunction, Counterexample, DefinedExercise, Finding, Settings } from "./exercise.ts";
import { exercises } from "./mod.ts";
import { written } from "./values.ts";

/** How a check ended: the function obeys every law, breaks one, or is not written yet. */
export type Outcome = "passed" | "failed" | "todo";

/**
 * Tries the learner's function on random cases of every law of the exercise.
 *
 * A wrong answer is no error: the result says what is wrong, and shows itself, so that the notebook runs on. The cases
 * are the same in every run. A loop in the function that never ends cannot be ended from here; Jupyter's stop button
 * can.
 *
 * @param settings The seed of the cases (1), cases a law (100), and the seconds that all may take (10).
 * @throws {RangeError} If there is no exercise of that name.
 * @throws {TypeError} If `attempt` is not a function.
 *
 * @example
 * ```ts
 * import { check } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const forgotTheSum = (scores: number[]) => scores.map(Math.exp);
 * assert.equal(check("softmax", forgotTheSum).ok, false);
 * ```
 */
export function check(name: string, attempt: AnyFunction, settings: Partial<Settings> = {}): CheckResult {
  const exercise = exercises.find((exercise) => exercise.name === name);
  if (!exercise) {
    const names = exercises.map((exercise) => exercise.name).join(", ");
    throw new RangeError(`Cannot check ${JSON.stringify(name)}, as it must be one of ${names}`);
  }
  if (typeof attempt !== "function") {
    throw new TypeError(
      `Cannot check ${name}, as check takes the function itself, without calling it: ${written(attempt)}`,
    );
  }
  const all: Settings = { seed: 1, cases: 100, seconds: 10, ...settings };
  try {
    return new CheckResult(exercise, all.seed, exercise.examine(attempt, all));
  } catch (error) {
    if (error instanceof Todo) return new CheckResult(exercise, all.seed, undefined);
    throw error;
  }
}

/** What came of a check; the value of a cell's last line, it shows itself. */
export class CheckResult implements Displayable {
  readonly outcome: Outcome;

  /** @param findings One a law; none where the function is not written yet. */
  constructor(
    private readonly exercise: DefinedExercise,
    readonly seed: number,
    readonly findings: readonly Finding[] | undefined,
  ) {
    this.outcome = !findings ? "todo" : findings.some((finding) => finding.counterexample) ? "failed" : "passed";
  }

  /** Whether the function obeys every law. */
  get ok(): boolean {
    return this.outcome === "passed";
  }

  [display](): Bundle {
    const lines = this.lines().map(({ text, style }) => html`<div style="${styles[style]}">${text}</div>`);
    const frame = `border-left: 4px solid ${colors[this.outcome]}; padding: 2px 12px`;
    return { "text/html": String(html`<div style="${frame}">${lines}</div>`), "text/plain": this.toString() };
  }

  /** The result in lines of text. */
  toString(): string {
    return this.lines().map(({ text, style }) => `${indents[style]}${text}`).join("\n");
  }

  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  private lines(): Line[] {
    const { name, signature, task } = this.exercise;
    if (!this.findings) return [head(`… ${name}: not done yet`), law(signature), law(task)];
    const [laws, cases] = [this.findings.length, this.findings.reduce((sum, finding) => sum + finding.cases, 0)];
    const broken = this.findings.filter((finding) => finding.counterexample);
    const [first] = broken;
    return [
      head(
        first
          ? `✗ ${name}: ${laws - broken.length} of ${laws} laws hold (seed ${this.seed})`
          : `✓ ${name}: ${cases} cases, ${laws} laws (seed ${this.seed})`,
      ),
      ...this.findings.flatMap((finding) => [
        law(`${finding.counterexample ? "✗" : "✓"} ${finding.says}`),
        ...(finding === first && finding.counterexample ? explain(finding.counterexample) : []),
      ]),
    ];
  }
}

type Style = "head" | "law" | "call" | "claim";
interface Line {
  readonly text: string;
  readonly style: Style;
}
const head = (text: string): Line => ({ text, style: "head" });
const law = (text: string): Line => ({ text, style: "law" });
const call = (text: string): Line => ({ text, style: "call" });
const claim = (text: string): Line => ({ text, style: "claim" });

const colors: Record<Outcome, string> = { passed: "#009E73", failed: "#D55E00", todo: "#888888" };
const indents: Record<Style, string> = { head: "", law: "  ", call: "      ", claim: "      " };
const mono = "font-family: ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; margin-left: 2.4em";
const styles: Record<Style, string> = {
  head: "font-weight: 600",
  law: "margin-left: 1.2em; text-indent: -1.2em; padding-left: 1.2em",
  call: mono,
  claim: `${mono}; font-weight: 600`,
};

/** What the learner sees of the smallest case that breaks a law. */
function explain({ calls, problem }: Counterexample): Line[] {
  const made = calls.map(({ written, outcome }) => call(`${written} ${outcome}`));
  if (typeof problem === "string") {
    const said = calls.at(-1)?.outcome.includes(problem); // by the call that threw
    return said ? made : [...made, claim(problem)];
  }
  const differ = (digits: number) => written(problem.expected, digits) !== written(problem.got, digits);
  const digits = [6, 8, 10, 12, 14].find(differ) ?? 17; // as many as it takes to see the difference
  const sides = [problem.expected, problem.got].map((side) =>
    problem.holds === undefined ? written(side, digits) : side
  );
  return [...made, claim(`${problem.of ? `${problem.of}: ` : ""}expected ${sides[0]}, got ${sides[1]}`)];
}
