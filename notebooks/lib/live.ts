import { display, type Displayable, show } from "./display.ts";
import type { Figure } from "./figure.ts";
import { container, drawScript, wholeLibraryScript } from "./plotly.ts";

/** A figure on show that follows what it is drawn from. */
export interface Live {
  /** Draws it anew. */
  update(): void;
}

/**
 * Shows the figure that `draw` makes, and again whenever `update()` is called: a curve that grows while a model trains.
 *
 * It is two outputs. The first holds plotly.js and an empty place, and stays; the second is the plot, which is small,
 * and is replaced at every update: it draws into the first one's place, and so keeps the reader's zoom. It leaves out
 * plotly.js's own MIME type, whose renderer in JupyterLab draws an output once and is deaf to its updates.
 */
export function live(draw: () => Figure): Live {
  const id = crypto.randomUUID();
  const stage: Displayable = {
    [display]: () => ({ "text/html": container(id, 0) + wholeLibraryScript(), "text/plain": "" }),
  };
  const plot: Displayable = {
    [display]: () => {
      const figure = draw();
      return { "text/html": drawScript(id, figure.json()), "text/plain": String(figure) };
    },
  };
  show(stage);
  const shown = show(plot);
  return { update: () => shown.update(plot) };
}
