/**
 * What the browser test asks JupyterLab's page. It runs in the page, where `--LabApp.expose_app_in_browser` has put
 * JupyterLab itself; `notebook()` is the one that is open.
 */
globalThis.inLab = (() => {
  const notebook = () => globalThis.jupyterapp.shell.currentWidget?.content;
  const cells = () => notebook()?.widgets ?? [];
  const outputsOf = (cell) => cell.model.type === "code" ? cell.model.outputs.toJSON() : [];
  const plotsOf = (cell) => [...cell.node.querySelectorAll(".js-plotly-plot")];
  const isPlot = ({ data = {} }) =>
    "application/vnd.plotly.v1+json" in data || [data["text/html"]].flat().join("").includes("<div data-plot=");

  /** Whether an element's letters are light; null without one. */
  const isLight = (text) => {
    if (text === null) return null;
    const [red, green, blue] = getComputedStyle(text).fill.match(/\d+/g).map(Number);
    return red + green + blue > 3 * 128;
  };

  return {
    /** Whether the notebook of that name is open, and its kernel is ready. */
    isReady: (name) =>
      cells().length > 0 && globalThis.jupyterapp.shell.currentWidget.context.path === name &&
      globalThis.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === "idle",

    /** How many code cells have not run yet. */
    waiting: () =>
      cells().filter(({ model }) =>
        model.type === "code" && model.sharedModel.getSource().trim() !== "" &&
        (model.executionCount === null || model.executionState === "running")
      ).length,

    /** The cells that ended with an error which they are not there to show: number, source, and message. */
    errors: () =>
      cells().flatMap((cell, i) => {
        if (cell.model.getMetadata("tags")?.includes("raises-exception")) return [];
        const errors = outputsOf(cell).filter((output) => output.output_type === "error");
        return errors.map(({ ename, evalue, traceback }) => ({
          cell: i,
          source: cell.model.sharedModel.getSource(),
          message: [`${ename}: ${evalue}`, ...traceback].join("\n"),
        }));
      }),

    /** The cells that show plots, and how many each shows. */
    plotCells: () =>
      cells().flatMap((cell, i) => {
        const plots = outputsOf(cell).filter(isPlot).length;
        return plots > 0 ? [{ cell: i, plots }] : [];
      }),

    /** Brings a cell into view, as JupyterLab does it: cells far away are not in the page at all. */
    scrollTo: (i) => notebook().scrollToItem(i, "start", 0),

    /** How often the notebook holds plotly.js. */
    libraries: () =>
      cells().flatMap(outputsOf).filter(({ data = {} }) => [data["text/html"]].flat().join("").length > 500_000).length,

    /** The plots of a cell: how high each is drawn, whether there is anything in it, and whether its words are light. */
    plotsIn: (i, marks) =>
      plotsOf(cells()[i]).filter((plot) => plot.isConnected).map((plot) => {
        const drawing = plot.querySelector("svg.main-svg");
        return {
          height: Math.round(
            Math.min(plot.getBoundingClientRect().height, drawing?.getBoundingClientRect().height ?? 0),
          ),
          width: Math.round(drawing?.getBoundingClientRect().width ?? 0),
          room: Math.round(plot.getBoundingClientRect().width),
          drawn: plot.querySelector(marks) !== null,
          light: isLight(plot.querySelector(".infolayer text, .xtick text")),
        };
      }),

    /** Where a plot's slider is to be taken hold of, and how far to the right it can be dragged; null without one. */
    sliderOf: (i, plot) => {
      const element = plotsOf(cells()[i])[plot];
      const [grip, rail] = [".slider-grip-rect", ".slider-rail-touch-rect"].map((part) => element?.querySelector(part));
      if (!grip || !rail) return null;
      element.scrollIntoView({ block: "center" });
      const [at, along] = [grip.getBoundingClientRect(), rail.getBoundingClientRect()];
      return { x: at.x + at.width / 2, y: at.y + at.height / 2, end: along.x + along.width - 2 };
    },

    /** The place that a plot's slider stands at. */
    placeOf: (i, plot) => plotsOf(cells()[i])[plot]?.layout.sliders?.[0]?.active,
  };
})();
