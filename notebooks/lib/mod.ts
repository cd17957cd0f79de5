/** What the notebooks are built with: figures, pictures of graphs, progress, typeset formulas, checked exercises. */
import { letOutputsSettle } from "./kernel.ts";

letOutputsSettle();

export { display, type Displayable, show } from "./display.ts";
export { Figure, figure } from "./figure.ts";
export { functionPlot, lineChart } from "./lines.ts";
export { barChart } from "./bars.ts";
export { heatmap } from "./heatmap.ts";
export { decisionBoundary, scatterPlot } from "./plane.ts";
export { slideshow } from "./slideshow.ts";
export { live } from "./live.ts";
export { progress } from "./progress.ts";
export { graphPicture } from "./graph_picture.ts";
export { derivative, latex, math } from "./math.ts";
export { check } from "./exercises/check.ts";
export { todo } from "./exercises/define.ts";
export { type LabelledPoints, twoMoons } from "./moons.ts";
export { broadcastPicture } from "./broadcast_picture.ts";
export { matmulPicture } from "./matmul_picture.ts";
export { badge } from "./badge.ts";
export { rooflinePlot } from "./roofline_plot.ts";
export { translation } from "./translation.ts";
export { tokenPicture } from "./token_picture.ts";
export { tales } from "./tales.ts";
