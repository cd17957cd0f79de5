/** How every figure looks. */
import type { ColorScale } from "./traces.ts";

/** Okabe and Ito's colours, which people with any kind of colour vision can tell apart. */
export const palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"] as const;

/** From negative, blue, over 0, white, to positive, orange. */
export const diverging: ColorScale = [
  [0, "#0072B2"],
  [0.25, "#80B9D9"],
  [0.5, "#FFFFFF"],
  [0.75, "#EEAE80"],
  [1, "#D55E00"],
];

/** From little, white, to much, dark blue. */
export const sequential: ColorScale = [[0, "#FFFFFF"], [0.5, "#6FAFD4"], [1, "#003B5C"]];

export const axisTheme = {
  gridcolor: "#E8E8E8",
  linecolor: "#888888",
  zerolinecolor: "#BBBBBB",
  ticks: "outside",
  tickcolor: "#888888",
  ticklen: 4,
  automargin: true,
  exponentformat: "power", // 10⁻⁶ rather than 1µ
};

export const layoutTheme = {
  height: 380,
  autosize: true,
  paper_bgcolor: "#FFFFFF",
  plot_bgcolor: "#FFFFFF",
  colorway: palette,
  font: { family: "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif", size: 14, color: "#222222" },
  margin: { l: 64, r: 24, t: 56, b: 56 },
  legend: { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom" },
  hovermode: "closest",
};

export const titleTheme = { x: 0.02, xanchor: "left", yref: "container", y: 0.97, yanchor: "top", font: { size: 16 } };

/** Fits the page's width, and shows its tools only while the pointer is on it. */
export const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d"] };
