import { checkArguments, either, optionsOf, required, string, that, whole } from "../../checks/mod.ts";
import { type Figure, figure } from "./figure.ts";
import { texts } from "./given.ts";
import { slideshow } from "./slideshow.ts";
import type { ColorScale, Trace } from "./traces.ts";

/** What the picture of tokens can be told. */
export interface TokenPictureOptions {
  readonly title?: string | undefined;
  /** How many characters a row has room for. Default: 56. */
  readonly columns?: number | undefined;
  /** What the slider says before the name of a cut. Default: nothing. */
  readonly prefix?: string | undefined;
}

const tokenPictureOptions = optionsOf<TokenPictureOptions>({
  title: string,
  columns: whole({ min: 1, max: 1000 }),
  prefix: string,
});

const cutsRule = either(
  texts,
  that<Readonly<Record<string, readonly string[]>>>(
    "an object of such lists by name",
    (value) =>
      typeof value === "object" && value !== null && !Array.isArray(value) &&
      Object.values(value).every(texts.isKind) && Object.keys(value).length > 0,
  ),
);

/** Pale, so that the text on them can be read, and in an order in which neighbours differ. */
const pastels = ["#CFE5F2", "#FBE0CF", "#D2EFE4", "#F6E3EE", "#FBEBC8", "#DDF1FB", "#E6E6E6", "#EADCF4"] as const;
const colorscale: ColorScale = pastels.map((color, i) => [i / (pastels.length - 1), color] as const);

/**
 * Draws a text cut into tokens. Each token is a box, as wide as it has characters; equal tokens have equal colours.
 *
 * A space is drawn as `·` and the end of a line as `⏎`. Of several cuts of a text, a slider shows one at a time.
 *
 * @param cuts The tokens of a text in order, or several such lists by name.
 * @throws {TypeError} If something else is among the tokens, or an option is unknown.
 *
 * @example
 * ```ts
 * import { tokenPicture } from "nabla/notebooks/lib/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const picture = tokenPicture({ characters: ["t", "h", "e"], merged: ["th", "e"] });
 * assert.equal(picture.layout.sliders?.[0]?.steps.length, 2);
 * ```
 */
export function tokenPicture(
  cuts: readonly string[] | Readonly<Record<string, readonly string[]>>,
  options: TokenPictureOptions = {},
): Figure {
  checkArguments("draw tokens", arguments, { cuts: required(cutsRule), options: tokenPictureOptions });
  const { title, columns = 56, prefix } = options;
  const byName: Readonly<Record<string, readonly string[]>> = isList(cuts) ? { "": cuts } : cuts;
  const laidOut = Object.entries(byName).map(([name, pieces]) => [name, rowsOf(pieces.map(visible), columns)] as const);
  const height = laidOut.reduce((most, [, rows]) => Math.max(most, rows.length), 1);
  const size = Math.min(18, Math.round(640 / columns));
  const figures = laidOut.map(([name, rows]) => {
    const traces = rows.map((row, y) => boxes(row, y, size));
    const drawn = figure(traces.length > 0 ? traces : [boxes([""], 0, size)], { // a figure needs a trace
      ...(title !== undefined && { title: { text: title } }),
      height: (title === undefined ? 24 : 64) + (size + 16) * height,
      showlegend: false,
      xaxis: { visible: false, range: [0, columns] },
      yaxis: { visible: false, range: [height - 0.5, -0.5] },
      margin: { l: 8, r: 8, t: title === undefined ? 8 : 48, b: 8 },
    });
    return [name, drawn] as const;
  });
  const [first] = figures;
  if (figures.length === 1 && first) return first[1];
  const { traces, layout, height: tall } = slideshow(Object.fromEntries(figures), prefix);
  const sliders = layout.sliders?.map((slider) => ({ ...slider, pad: { t: 16 } })) ?? []; // no axis stands in between
  return figure(traces, {
    ...layout,
    height: tall + 24,
    margin: { l: 24, r: 24, t: first?.[1].layout.margin?.t ?? 8, b: 8 },
    sliders,
  });
}

/** Whether there is one cut: a list, and no record of lists. */
function isList(cuts: readonly string[] | Readonly<Record<string, readonly string[]>>): cuts is readonly string[] {
  return Array.isArray(cuts);
}

/** A token's text with what cannot be seen made visible. */
function visible(piece: string): string {
  return piece.replaceAll(" ", "·").replaceAll("\n", "⏎");
}

/** How many characters wide a token is drawn; even an empty one can be seen. */
function widthOf(piece: string): number {
  return Math.max(1, [...piece].length);
}

/** The tokens in rows of at most so many characters; no token is broken. */
function rowsOf(pieces: readonly string[], columns: number): string[][] {
  const rows: string[][] = [];
  let room = 0;
  for (const piece of pieces) {
    const width = widthOf(piece);
    if (rows.length === 0 || width > room) {
      rows.push([]);
      room = columns;
    }
    rows.at(-1)?.push(piece);
    room -= width;
  }
  return rows;
}

/** One row of tokens: cells of one heat map, whose edges lie where the tokens end. */
function boxes(row: readonly string[], y: number, size: number): Trace {
  const edges = [0];
  for (const piece of row) edges.push(edges.at(-1)! + widthOf(piece)); // there is at least the first edge
  return {
    type: "heatmap",
    x: edges,
    y: [y],
    z: [row.map(colorOf)],
    zmin: 0,
    zmax: pastels.length - 1,
    text: [row],
    texttemplate: "%{text}",
    textfont: { family: "ui-monospace, Menlo, Consolas, monospace", size },
    hovertemplate: "%{text}<extra></extra>",
    colorscale,
    showscale: false,
    xgap: 2,
    ygap: 4,
  };
}

/** A colour for a token: any, but always the same (Fowler, Noll and Vo's hash). */
function colorOf(piece: string): number {
  let hash = 0x811c9dc5;
  for (const character of piece) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193); // no empty characters
  return ((hash ^ hash >>> 15) >>> 0) % pastels.length;
}
