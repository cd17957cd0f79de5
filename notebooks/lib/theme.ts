/**
 * How every figure looks, on a light page and on a dark one.
 *
 * Three colours are the page's: "ink", that of its text; "paper", that of its ground; and "strong", the far end of a
 * scale that begins with paper. page/plots.js puts them in when it draws.
 */
import type { ColorScale } from "./traces.ts";

/** Okabe and Ito's colours, which people with any kind of colour vision can tell apart; grey for their black. */
export const palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C"] as const;

/** From negative, blue, over 0, which is the page's ground, to positive, orange. */
export const diverging: ColorScale = [[0, "#0072B2"], [0.5, "paper"], [1, "#D55E00"]];

/** From little, which is the page's ground, over blue to much. */
export const sequential: ColorScale = [[0, "paper"], [0.5, "#6FAFD4"], [1, "strong"]];

const faint = "rgba(128, 128, 128, 0.25)";
const middle = "#8C8C8C";
const transparent = "rgba(0, 0, 0, 0)";

export const axisTheme = {
  gridcolor: faint,
  linecolor: middle,
  zerolinecolor: "rgba(128, 128, 128, 0.6)",
  ticks: "outside",
  tickcolor: middle,
  ticklen: 4,
  automargin: true,
  exponentformat: "power", // 10⁻⁶ rather than 1µ
};

/** In pixels: close enough to the axis that a slider below is not mistaken for its title. */
export const axisTitleTheme = { standoff: 8 };

export const layoutTheme = {
  height: 380,
  autosize: false, // page/plots.js knows the page's width
  paper_bgcolor: transparent,
  plot_bgcolor: transparent,
  colorway: palette,
  font: { family: "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif", size: 14, color: "ink" },
  margin: { l: 64, r: 24, t: 56, b: 56 },
  legend: { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom" },
  hovermode: "closest",
  hoverlabel: { bgcolor: "paper", bordercolor: middle, font: { color: "ink" } },
  modebar: { bgcolor: transparent, color: middle, activecolor: "ink" },
};

export const titleTheme = { x: 0.02, xanchor: "left", yref: "container", y: 0.97, yanchor: "top", font: { size: 16 } };

export const sliderTheme = { bgcolor: faint, activebgcolor: middle, bordercolor: middle, tickcolor: middle };

/**
 * The tools show only while the pointer is on a plot; none of them offers to upload it. A dollar sign is a dollar sign.
 */
export const config = {
  responsive: false,
  displaylogo: false,
  showSendToCloud: false,
  showEditInChartStudio: false,
  plotlyServerURL: "",
  typesetMath: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "sendDataToCloud"],
};
