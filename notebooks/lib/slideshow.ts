import { checkArguments, flag, optionsOf, required, type Rule, string, that } from "../../checks/mod.ts";
import { Figure, figure } from "./figure.ts";
import { withSameScales, withSteadyColors } from "./shared_scales.ts";
import { sliderTheme } from "./theme.ts";
import type { Layout } from "./traces.ts";

/** Figures by what the slider calls them: an object; or a list of pairs, where numbers may be names too. */
export type Slides = Readonly<Record<string, Figure>> | readonly (readonly [name: string | number, figure: Figure])[];

/** What a slide show can be told beside its figures. */
export interface SlideshowOptions {
  /** Whether axes with the same title have the same range, and heat maps the same colours. Default: true. */
  readonly sameScales?: boolean | undefined;
}

const slideshowOptions = optionsOf<SlideshowOptions>({ sameScales: flag });

const slidesRule: Rule<Slides> = that(
  "figures by name: an object of at least one figure, or a list of pairs [name, figure]",
  (value) => {
    if (typeof value !== "object" || value === null) return false;
    const entries: unknown[] = Array.isArray(value) ? value : Object.entries(value);
    return entries.length > 0 &&
      entries.every((entry) =>
        Array.isArray(entry) && entry.length === 2 && entry[1] instanceof Figure &&
        (typeof entry[0] === "string" || typeof entry[0] === "number")
      );
  },
);

/**
 * Shows several figures in one place, with a slider that goes through them.
 *
 * What is the same stays the same from slide to slide: axes with the same title keep their range, a curve keeps the
 * colour of its name, and heat maps share their colours (unless the numbers of one are over 20 times another's, which
 * would leave the other one pale).
 *
 * @param slides The figures, by what the slider calls them.
 * @param prefix What the slider says before that. Default: nothing.
 * @throws {TypeError} If there is no figure, if something else is among them, or if an option is unknown.
 *
 * @example
 * ```ts
 * import { lineChart, slideshow } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const parabola = (a: number) => lineChart({ y: [-2, -1, 0, 1, 2].map((x) => a * x * x) }, { x: "x" });
 * const slides = slideshow([[0.5, parabola(0.5)], [1, parabola(1)], [2, parabola(2)]], "a = ");
 * assert.deepEqual(slides.layout.sliders?.[0]?.steps.map((step) => step.label), ["0.5", "1", "2"]);
 * assert.deepEqual(slides.layout.yaxis?.range, [-0.4, 8.4]); // room for all three
 * ```
 */
export function slideshow(slides: Slides, prefix = "", options: SlideshowOptions = {}): Figure {
  checkArguments("make a slide show", arguments, {
    slides: required(slidesRule),
    prefix: string,
    options: slideshowOptions,
  });
  const entries: readonly (readonly [string | number, Figure])[] = isList(slides) ? slides : Object.entries(slides);
  const steady = withSteadyColors(entries.map(([, each]) => each));
  const figures = options.sameScales ?? true ? withSameScales(steady) : steady;
  const changes = changesOf(figures.map((each) => each.layout));
  const steps = entries.map(([name], chosen) => ({
    label: String(name),
    method: "update" as const,
    args: [{ visible: figures.flatMap((each, i) => each.traces.map(() => i === chosen)) }, changes[chosen] ?? {}],
  }));
  const height = figures.reduce((most, each) => Math.max(most, each.height), 0) + 90; // the slider's
  return figure(figures.flatMap((each, i) => each.traces.map((trace) => ({ ...trace, visible: i === 0 }))), {
    ...figures[0]?.layout,
    height,
    sliders: [{ ...sliderTheme, active: 0, currentvalue: { prefix }, pad: { t: 60 }, steps }],
  });
}

/** Whether the slides are a list of pairs: `Array.isArray` alone does not tell a readonly list from an object. */
function isList(slides: Slides): slides is readonly (readonly [string | number, Figure])[] {
  return Array.isArray(slides);
}

/** For each slide, what its layout has otherwise than the others': plotly.js's names, and their values. */
function changesOf(layouts: readonly Layout[]): Record<string, unknown>[] {
  const settings: readonly (readonly [path: string, read: (layout: Layout) => unknown])[] = [
    ["title.text", (layout) => layout.title?.text],
    ...(["xaxis", "yaxis"] as const).flatMap((axis) => [
      [`${axis}.title.text`, (layout: Layout) => layout[axis]?.title?.text] as const,
      [`${axis}.type`, (layout: Layout) => layout[axis]?.type] as const,
      [`${axis}.range`, (layout: Layout) => layout[axis]?.range] as const,
      [`${axis}.autorange`, (layout: Layout) => layout[axis]?.autorange ?? layout[axis]?.range === undefined] as const,
      [`${axis}.dtick`, (layout: Layout) => layout[axis]?.dtick] as const,
      [`${axis}.tickvals`, (layout: Layout) => layout[axis]?.tickvals] as const,
      [`${axis}.ticktext`, (layout: Layout) => layout[axis]?.ticktext] as const,
    ]),
  ];
  const differing = settings.filter(([, read]) =>
    new Set(layouts.map((layout) => JSON.stringify(read(layout)))).size > 1
  );
  return layouts.map((layout) => Object.fromEntries(differing.map(([path, read]) => [path, read(layout) ?? null])));
}
