/** The part of plotly.js's vocabulary that the notebooks use; see its reference for what each word does. */

/** Numbers in a row; where one is not finite, the plot has a gap. */
export type Numbers = readonly number[] | Float32Array | Float64Array | Int32Array;

/** How a line is drawn. */
export interface Line {
  readonly color?: string;
  readonly width?: number;
  readonly dash?: "solid" | "dot" | "dash";
}

/** How the dots of a curve, or its bars, are drawn. */
export interface Marker {
  readonly color?: string | Numbers | readonly string[];
  readonly size?: number | Numbers;
  readonly symbol?: string | readonly string[];
  readonly opacity?: number;
  readonly colorscale?: ColorScale;
  readonly line?: Line;
}

/** A scale's name, or its colours by place from 0 to 1. */
export type ColorScale = string | readonly (readonly [number, string])[];

/** What every trace can be told. */
export interface Common {
  /** What the legend calls it. */
  readonly name?: string;
  readonly visible?: boolean;
  readonly showlegend?: boolean;
  readonly hovertemplate?: string;
  readonly hoverinfo?: "all" | "skip" | "none";
}

/** A curve, dots, or words at places. */
export interface Scatter extends Common {
  readonly type: "scatter";
  readonly mode?: "lines" | "markers" | "lines+markers" | "text" | "markers+text";
  readonly x?: Numbers | readonly string[];
  readonly y: Numbers;
  readonly text?: readonly string[];
  readonly textposition?: string;
  readonly line?: Line;
  readonly marker?: Marker;
  readonly fill?: "none" | "tozeroy" | "tonexty";
}

/** Bars. */
export interface Bar extends Common {
  readonly type: "bar";
  readonly x: Numbers | readonly string[];
  readonly y: Numbers | readonly string[];
  readonly orientation?: "v" | "h";
  readonly marker?: Marker;
}

/** Bars that count how many numbers fall into each range. */
export interface Histogram extends Common {
  readonly type: "histogram";
  readonly x: Numbers;
  readonly nbinsx?: number;
  readonly opacity?: number;
  readonly marker?: Marker;
}

/** Numbers all over a part of the plane. */
export interface Field extends Common {
  readonly x?: Numbers | readonly string[];
  readonly y?: Numbers | readonly string[];
  /** `z[row][column]`: rows go along y, columns along x. */
  readonly z: readonly Numbers[];
  readonly zmin?: number;
  readonly zmax?: number;
  readonly colorscale?: ColorScale;
  readonly showscale?: boolean;
  readonly colorbar?: {
    readonly title?: { readonly text: string };
    readonly thickness?: number;
    readonly outlinewidth?: number;
  };
}

/** A field as colours. */
export interface Heatmap extends Field {
  readonly type: "heatmap";
  readonly opacity?: number;
  readonly text?: readonly (readonly string[])[];
  readonly texttemplate?: string;
  readonly textfont?: { readonly family?: string; readonly size?: number; readonly color?: string };
  readonly zsmooth?: false | "best";
  readonly xgap?: number;
  readonly ygap?: number;
}

/** A field as lines of equal height. */
export interface Contour extends Field {
  readonly type: "contour";
  readonly contours?: {
    readonly start?: number;
    readonly end?: number;
    readonly size?: number;
    readonly coloring?: "fill" | "heatmap" | "lines" | "none";
    readonly showlines?: boolean;
  };
  readonly line?: Line;
}

/** One thing that is drawn. */
export type Trace = Scatter | Bar | Histogram | Heatmap | Contour;

/** How an axis is drawn. */
export interface Axis {
  /** Whether there is an axis at all: its line, ticks, grid and title. */
  readonly visible?: boolean;
  readonly title?: { readonly text: string };
  readonly type?: "linear" | "log" | "category";
  readonly range?: readonly [number, number];
  readonly autorange?: boolean | "reversed";
  readonly scaleanchor?: "x" | "y";
  readonly constrain?: "domain" | "range";
  readonly side?: "top" | "bottom" | "left" | "right";
  readonly tickvals?: Numbers;
  readonly ticktext?: readonly string[];
  readonly dtick?: number | "D1" | "D2";
  readonly showgrid?: boolean;
  readonly zeroline?: boolean;
  readonly ticks?: "" | "outside";
}

/** A slider under a plot. */
export interface Slider {
  readonly bgcolor?: string;
  readonly activebgcolor?: string;
  readonly bordercolor?: string;
  readonly tickcolor?: string;
  readonly active: number;
  readonly currentvalue?: { readonly prefix: string };
  readonly pad?: { readonly t: number };
  readonly steps: readonly {
    readonly label: string;
    readonly method: "update" | "restyle" | "relayout";
    readonly args: readonly object[];
  }[];
}

/** Words with an arrow to a place. */
export interface Annotation {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly showarrow?: boolean;
  readonly ax?: number;
  readonly ay?: number;
}

/** Everything about a plot but its traces. */
export interface Layout {
  readonly title?: { readonly text: string };
  readonly xaxis?: Axis;
  readonly yaxis?: Axis;
  /** In pixels; the width is the page's unless given. */
  readonly height?: number;
  readonly width?: number;
  /** In pixels: left, right, top and bottom. */
  readonly margin?: { readonly l: number; readonly r: number; readonly t: number; readonly b: number };
  readonly showlegend?: boolean;
  readonly hovermode?: "x" | "x unified" | "closest" | false;
  readonly barmode?: "group" | "stack" | "overlay";
  readonly annotations?: readonly Annotation[];
  readonly sliders?: readonly Slider[];
}
