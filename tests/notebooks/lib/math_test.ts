import assert from "node:assert/strict";
import { derivative, display, latex, math } from "../../../notebooks/lib/mod.ts";

Deno.test("a formula is LaTeX for Jupyter, and the expression for the terminal", () => {
  assert.deepEqual(math("x^2 / y")[display](), { "text/latex": "$$\\frac{{ x}^{2}}{ y}$$", "text/plain": "x ^ 2 / y" });
  assert.equal(String(math("a * b", "f(a, b)")), "f(a, b) = a * b");
  assert.deepEqual(latex("\\alpha")[display](), { "text/latex": "$$\\alpha$$", "text/plain": "\\alpha" });
});

Deno.test("a derivative is an expression again", () => {
  assert.equal(derivative("x^3", "x"), "3 * x ^ 2");
  assert.equal(derivative(derivative("x^3", "x"), "x"), "6 * x");
  assert.equal(derivative("a * x", "x"), "a");
});

Deno.test("what is no expression is refused by name", () => {
  assert.throws(() => math("x +"), { name: "SyntaxError", message: /^Cannot read the expression "x \+": / });
  assert.throws(() => derivative("(", "x"), SyntaxError);
});
