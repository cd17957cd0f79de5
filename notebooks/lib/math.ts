/** Formulas: mathjs reads, differentiates and typesets them. */
import { derivative as differentiate, type MathNode, parse, simplify } from "mathjs";
import { checkArguments, required, string } from "../../checks/mod.ts";
import { type Bundle, display, type Displayable } from "./display.ts";

/**
 * A formula that Jupyter typesets.
 *
 * @example
 * ```ts
 * import { Formula } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(String(new Formula(String.raw`\frac{1}{2}`, "1/2")), "1/2");
 * ```
 */
export class Formula implements Displayable {
  /**
   * @param latex LaTeX, without dollar signs.
   * @param text The same for readers that cannot typeset.
   */
  constructor(readonly latex: string, readonly text: string = latex) {}

  [display](): Bundle {
    return { "text/latex": `$$${this.latex}$$`, "text/plain": this.text };
  }

  toString(): string {
    return this.text;
  }
}

/**
 * Typesets a formula written in LaTeX.
 *
 * @example
 * ```ts
 * import { latex } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const formula = latex(String.raw`\frac{\partial L}{\partial a} = b`); // the last line of a cell shows it
 * assert.equal(String(formula), String.raw`\frac{\partial L}{\partial a} = b`);
 * ```
 */
export function latex(source: string): Formula {
  checkArguments("typeset a formula", arguments, { source: required(string) });
  return new Formula(source);
}

/**
 * Typesets a formula written as in a program; with a name, it becomes an equation.
 *
 * @throws {SyntaxError} If mathjs cannot read the expression.
 *
 * @example
 * ```ts
 * import { derivative, math } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const f = "x^2 + 1";
 * assert.equal(String(math(derivative(f, "x"), "f'(x)")), "f'(x) = 2 * x");
 * ```
 */
export function math(expression: string, name?: string): Formula {
  checkArguments("typeset an expression", arguments, { expression: required(string), name: string });
  const node = parsed(expression);
  return name === undefined
    ? new Formula(node.toTex(), String(node))
    : new Formula(`${name} = ${node.toTex()}`, `${name} = ${node}`);
}

/**
 * Differentiates an expression with respect to one of its variables, and simplifies the result.
 *
 * @throws {SyntaxError} If mathjs cannot read the expression.
 *
 * @example
 * ```ts
 * import { derivative } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(derivative("x^3", "x"), "3 * x ^ 2");
 * ```
 */
export function derivative(expression: string, variable: string): string {
  checkArguments("differentiate", arguments, { expression: required(string), variable: required(string) });
  return String(simplify(differentiate(parsed(expression), variable)));
}

function parsed(expression: string): MathNode {
  try {
    return parse(expression);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot read the expression ${JSON.stringify(expression)}: ${reason}`, { cause: error });
  }
}
