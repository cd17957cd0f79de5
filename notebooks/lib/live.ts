import { callable, check, checkArguments, instance, required } from "../../checks/mod.ts";
import { display, type Displayable, show } from "./display.ts";
import { Figure } from "./figure.ts";
import { container, drawScript, libraryScript } from "./plotly.ts";

/** A figure on show that follows what it is drawn from. */
export interface Live {
  /** Draws it anew. */
  update(): void;
}

/**
 * Shows the figure that `draw` makes, and draws it anew whenever `update()` is called: a curve that grows while a model
 * trains. Hand it to `progress` as the option `live`, which calls `update()` along with its bar.
 *
 * There are two outputs. The first is an empty place, and stays. The second is a small script that draws into it, and
 * is replaced at every update, so the reader's zoom is kept.
 *
 * @throws {TypeError} If `draw` gives anything but a figure.
 *
 * @example
 * ```ts
 * import { lineChart, live, progress } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const losses: number[] = [];
 * const curve = live(() => lineChart({ loss: losses }, { x: "step", y: "loss (nats)" }));
 * for (const step of progress(20, { label: "training", live: curve })) losses.push(1 / (step + 1));
 * assert.equal(losses.length, 20); // the curve has grown with them
 * ```
 */
export function live(draw: () => Figure): Live {
  checkArguments("show a live figure", arguments, { draw: required(callable) });
  const id = crypto.randomUUID();
  const stage: Displayable = {
    [display]: () => ({ "text/html": container(id, 0) + libraryScript(), "text/plain": "" }),
  };
  const plot: Displayable = {
    [display]: () => {
      const figure = draw();
      check("show a live figure", "what draw gives", figure, required(instance(Figure)));
      return { "text/html": drawScript(id, figure.json()), "text/plain": String(figure) };
    },
  };
  show(stage);
  const shown = show(plot);
  return { update: () => shown.update(plot) };
}
