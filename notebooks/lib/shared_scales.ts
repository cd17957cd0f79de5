/** What slides have in common: ranges of axes, colours of curves, and colours of heat maps. */
import { Figure } from "./figure.ts";
import { extent } from "./given.ts";
import { palette } from "./theme.ts";
import type { Axis, Heatmap, Trace } from "./traces.ts";

/** Heat maps keep their own colours if the numbers of one are this many times another's. */
const tooFar = 20;
/** What is left free at either end of an axis, in parts of its range. */
const margin = 0.05;

/** The figures, in which axes of the same title have the same range, and heat maps the same scale of colours. */
export function withSameScales(figures: readonly Figure[]): readonly Figure[] {
  return withSameHeat(withSameRange("xaxis", withSameRange("yaxis", figures)));
}

/** The figures with a colour for each curve and bar: the same one wherever the name is the same. */
export function withSteadyColors(figures: readonly Figure[]): readonly Figure[] {
  const colorOf = new Map<string, string>();
  return figures.map(({ traces, layout }) => {
    const keys = traces.map((trace, i) => trace.name ?? `trace ${i}`);
    const taken = new Set(keys.map((key) => colorOf.get(key)));
    return new Figure(
      traces.map((trace, i) => {
        const key = keys[i]!; // one a trace
        if (!wantsColor(trace)) return trace;
        const color = colorOf.get(key) ?? palette.find((each) => !taken.has(each)) ?? palette[i % palette.length]!;
        taken.add(color);
        colorOf.set(key, color);
        return trace.type === "scatter"
          ? { ...trace, line: { ...trace.line, color }, marker: { ...trace.marker, color } }
          : { ...trace, marker: { ...trace.marker, color } };
      }),
      layout,
    );
  });
}

type Curve = Extract<Trace, { type: "scatter" | "bar" | "histogram" }>;

/** Whether a trace is drawn in one colour, and leaves it to the chart which. */
function wantsColor(trace: Trace): trace is Curve {
  if (trace.type === "heatmap" || trace.type === "contour") return false;
  return trace.marker?.color === undefined && !(trace.type === "scatter" && trace.line?.color !== undefined);
}

function withSameRange(name: "xaxis" | "yaxis", figures: readonly Figure[]): readonly Figure[] {
  const axes = figures.map(({ layout }): Axis => layout[name] ?? {});
  const kinds = new Set(axes.map(({ title, type }) => JSON.stringify([title?.text, type])));
  if (kinds.size > 1 || axes.some(({ range, autorange, visible }) => range || autorange || visible === false)) {
    return figures;
  }
  const isLog = axes[0]?.type === "log";
  const extents = figures.map(({ traces }) => extentOf(name === "xaxis" ? "x" : "y", traces, isLog));
  const [low, high] = extent(extents.flatMap((each) => each ?? []));
  if (!extents.every((each) => each !== undefined) || !(low < high)) return figures;
  const startsAtZero = low === 0 && name === "yaxis" &&
    figures.every(({ traces }) => traces.some(({ type }) => type === "bar"));
  const room = (high - low) * margin;
  const range = [startsAtZero ? 0 : low - room, high + room] as const;
  return figures.map(({ traces, layout }) => new Figure(traces, { ...layout, [name]: { ...layout[name], range } }));
}

/** From the smallest to the largest number along an axis, or of their logarithms; undefined if there are others. */
function extentOf(axis: "x" | "y", traces: readonly Trace[], isLog: boolean): readonly [number, number] | undefined {
  const found: number[] = [];
  for (const trace of traces) {
    if (trace.type !== "scatter" && trace.type !== "bar") return undefined;
    if (trace.type === "bar" && (axis === "x") === (trace.orientation !== "h")) return undefined; // where bars stand
    const values = trace[axis];
    if (values === undefined || typeof values[0] === "string") return undefined;
    const numbers = Array.from(values as ArrayLike<number>); // no strings, as the first is none
    found.push(...extent(isLog ? numbers.filter((x) => x > 0).map(Math.log10) : numbers));
    if (trace.type === "bar") found.push(0);
  }
  const [low, high] = extent(found);
  return low <= high ? [low, high] : undefined;
}

function withSameHeat(figures: readonly Figure[]): readonly Figure[] {
  const maps = figures.map(({ traces }) => traces.filter(hasScale));
  const all = maps.flat();
  const kinds = new Set(all.map(({ colorscale, colorbar }) => JSON.stringify([colorscale, colorbar?.title])));
  const sizes = all.map(({ zmax = 0 }) => zmax);
  const [least, most] = extent(sizes);
  if (maps.some((some) => some.length === 0) || kinds.size > 1 || !(most <= tooFar * least)) return figures;
  const zmin = extent(all.map((map) => map.zmin ?? 0))[0];
  return figures.map(({ traces, layout }) =>
    new Figure(traces.map((trace) => hasScale(trace) ? { ...trace, zmin, zmax: most } : trace), layout)
  );
}

/** Whether a trace is a heat map whose colours are explained beside it. */
function hasScale(trace: Trace): trace is Heatmap {
  return trace.type === "heatmap" && trace.showscale !== false && trace.zmax !== undefined;
}
