/** What the notebooks are built with: figures, pictures of graphs, progress, typeset formulas, checked exercises. */
import { letOutputsSettle } from "./kernel.ts";

letOutputsSettle();

export { type Bundle, display, type Displayable, show, type Shown } from "./display.ts";
export { Figure, figure } from "./figure.ts";
export type { Layout, Numbers, Trace } from "./traces.ts";
export type { ChartOptions, NumberList, NumberTable } from "./given.ts";
export { type FunctionOptions, functionPlot, lineChart, type LineOptions } from "./lines.ts";
export { barChart } from "./bars.ts";
export { heatmap, type HeatmapOptions } from "./heatmap.ts";
export {
  type BoundaryOptions,
  decisionBoundary,
  type Labels,
  type Point,
  type Points,
  type ScatterOptions,
  scatterPlot,
} from "./plane.ts";
export { type Slides, slideshow, type SlideshowOptions } from "./slideshow.ts";
export { type Live, live } from "./live.ts";
export { progress, type ProgressOptions } from "./progress.ts";
export { type Computed, type GraphOptions, GraphPicture, graphPicture } from "./graph_picture.ts";
export { derivative, Formula, latex, math } from "./math.ts";
export { check } from "./exercises/check.ts";
export { todo } from "./exercises/define.ts";
export { type LabelledPoints, twoMoons } from "./moons.ts";
export { broadcastPicture } from "./broadcast_picture.ts";
export { matmulPicture } from "./matmul_picture.ts";
export { badge } from "./badge.ts";
export { type MeasuredKernel, type Roof, type RooflineOptions, rooflinePlot } from "./roofline_plot.ts";
export { type KernelSettings, Translation, translation } from "./translation.ts";
export { tokenPicture, type TokenPictureOptions } from "./token_picture.ts";
export { tales } from "./tales.ts";
