/** Formulas: mathjs reads, differentiates and typesets them. */
import { derivative as differentiate, type MathNode, parse, simplify } from "mathjs";
import { type Bundle, display, type Displayable } from "./display.ts";

/** A formula that Jupyter typesets. */
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
 * A formula in LaTeX.
 *
 * @example
 * ```ts
 * import { latex } from "nabla/notebooks/lib/mod.ts";
 *
 * latex(String.raw`\frac{\partial L}{\partial a} = b`);
 * ```
 */
export function latex(source: string): Formula {
  return new Formula(source);
}

/**
 * A formula in the notation of programs, typeset; with a name, as an equation.
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
  const node = parsed(expression);
  return name === undefined
    ? new Formula(node.toTex(), String(node))
    : new Formula(`${name} = ${node.toTex()}`, `${name} = ${node}`);
}

/**
 * The derivative of an expression with respect to one of its variables, simplified, in the same notation.
 *
 * @throws {SyntaxError} If mathjs cannot read the expression.
 */
export function derivative(expression: string, variable: string): string {
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
