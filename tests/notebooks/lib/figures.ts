import type { Figure } from "../../../notebooks/lib/mod.ts";

/** A trace as plotly.js reads it, as far as the tests do. */
export interface ReadTrace {
  readonly type: string;
  readonly name?: string;
  readonly mode?: string;
  readonly visible?: boolean;
  readonly x: readonly (number | string | null)[];
  readonly y: readonly (number | string | null)[];
  readonly z: readonly (readonly (number | null)[])[];
  readonly zmin: number;
  readonly zmax: number;
  readonly text?: readonly (readonly string[])[];
  readonly line?: { readonly color?: string };
  readonly marker?: { readonly color?: string };
  readonly contours: { readonly start: number; readonly end: number };
}

interface ReadAxis {
  readonly title: { readonly text: string };
  readonly type?: string;
  readonly ticks?: string;
  readonly dtick?: number | string;
  readonly range?: readonly number[];
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
}

/** A figure as plotly.js reads it, as far as the tests do. */
export interface ReadFigure {
  readonly data: readonly ReadTrace[];
  readonly layout: {
    readonly title: { readonly text: string };
    readonly height: number;
    readonly xaxis: ReadAxis;
    readonly yaxis: ReadAxis;
    readonly sliders: readonly [{
      readonly active: number;
      readonly steps: readonly {
        readonly label: string;
        readonly args: readonly [{ readonly visible: readonly boolean[] }, Readonly<Record<string, unknown>>];
      }[];
    }];
  };
  readonly config: Readonly<Record<string, unknown>>;
}

/** The figure as plotly.js reads it. */
export function read(figure: Figure): ReadFigure {
  return JSON.parse(figure.json()); // the figure's own JSON; the tests look at what is in it
}

/** A function as a notebook calls it, in which nobody checks types. */
export function untyped<Result>(f: (...args: never[]) => Result): (...args: unknown[]) => Result {
  return (...args) => Reflect.apply(f, undefined, args);
}
