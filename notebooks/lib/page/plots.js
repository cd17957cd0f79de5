/**
 * Draws plots in the page that shows a notebook: JupyterLab, the classic Notebook, VS Code, or exported HTML.
 *
 * This runs in the page, not in Deno. `show(id, plot)` draws a plot into every element with `data-plot="id"`, as soon as
 * the page has one that has a width, and draws it anew if it is called again. A plot keeps the height that it is given:
 * plotly.js's own way to follow the page (`responsive`) measures an element that JupyterLab may just have taken out of
 * the page, and shrinks the plot to nothing.
 *
 * @param plotly plotly.js.
 */
((plotly) => {
  /** The latest plot of each id: `{ data, layout, config }`. */
  const plots = new Map();
  /** The ids of which no element has been seen yet. */
  const missing = new Set();
  /** What each element shows: a plot, in colours, at a width. */
  const shown = new WeakMap();
  const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => draw(target)));

  function draw(element) {
    const plot = plots.get(element.dataset.plot);
    const room = element.clientWidth;
    if (!plot || room === 0) return; // the element is out of the page, or in a part of it that is folded
    const width = Math.min(plot.layout.width ?? room, room);
    const colors = colorsOf(element);
    const before = shown.get(element);
    shown.set(element, { plot, width, theme: JSON.stringify(colors) });
    if (before?.plot === plot && before.theme === JSON.stringify(colors)) {
      if (before.width !== width) plotly.relayout(element, { width });
      return;
    }
    const { data, layout, config } = colored(plot, colors);
    if (!before) element.replaceChildren(); // it may say that it waits
    if (before?.plot === plot) keepSlide(element, data, layout);
    element.style.height = `${layout.height}px`;
    plotly.react(element, data, { ...layout, width }, config);
  }

  /** The colours of the page, for those that the plots call "ink", "paper" and "strong". */
  function colorsOf(element) {
    const channels = (color) => color.match(/[\d.]+/g)?.map(Number) ?? []; // red, green, blue, opacity
    const ink = channels(getComputedStyle(element).color).slice(0, 3);
    const isDark = ink[0] + ink[1] + ink[2] > 3 * 128; // the text is light
    let behind = element;
    while (behind && channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const paper = behind ? getComputedStyle(behind).backgroundColor : isDark ? "#111111" : "#FFFFFF";
    return { ink: `rgb(${ink})`, paper, strong: isDark ? "#BFE3F7" : "#003B5C" };
  }

  /** A copy of a plot, or of a part of it, in the page's colours; `key` is what the part is called. */
  function colored(part, colors, key = "") {
    if (typeof part === "string") return /color/.test(key) && Object.hasOwn(colors, part) ? colors[part] : part;
    if (Array.isArray(part)) return part.map((item) => colored(item, colors, key));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, colored(item, colors, name)]));
  }

  /** Leaves the slider of a plot where the reader has put it. */
  function keepSlide(element, data, layout) {
    const [slider] = layout.sliders ?? [];
    const active = element.layout?.sliders?.[0]?.active;
    const [traces, changes] = slider?.steps[active]?.args ?? [];
    if (!traces) return;
    slider.active = active;
    data.forEach((trace, i) => trace.visible = traces.visible[i]);
    for (const [path, value] of Object.entries(changes ?? {})) {
      const names = path.split(".");
      const last = names.pop();
      names.reduce((part, name) => part[name] ??= {}, layout)[last] = value;
    }
  }

  /** Finds the elements of the ids that are missing: an output's script can run before the output is in the page. */
  function find() {
    for (const id of missing) {
      const elements = document.querySelectorAll(`[data-plot="${id}"]`);
      if (elements.length > 0) missing.delete(id);
      for (const element of elements) {
        widths.observe(element); // which draws it when it gets a width, and when its width changes
        draw(element);
      }
    }
    if (missing.size > 0) setTimeout(find, 200);
  }

  // JupyterLab notes its theme at the body, and loads its colours a moment later
  const redraw = () => document.querySelectorAll("[data-plot]").forEach(draw);
  new MutationObserver(() => setTimeout(redraw, 500))
    .observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });

  return {
    show(id, plot) {
      plots.set(id, plot);
      missing.add(id);
      if (missing.size === 1) find();
    },
  };
});
