/** The table of a model's parameters: for a console, and for a notebook. */

import { html } from "../autograd/html.ts";
import type { Shape } from "../autograd/shape.ts";

/** One parameter of a model. */
export interface SummaryRow {
  /** Its path of fields, such as `layers.0.weight`. */
  readonly name: string;
  /** Its shape. */
  readonly shape: Shape;
  /** How many numbers it holds. */
  readonly size: number;
}

/** `GPT: 805,248 parameters` and a line for each. */
export function summary(model: string, rows: readonly SummaryRow[]): string {
  const cells = rows.map(({ name, shape, size }) => [name, `[${shape.join(", ")}]`, count(size)] as const);
  const width = (column: 0 | 1 | 2) => cells.reduce((most, row) => Math.max(most, row[column].length), 0);
  const [names, shapes, sizes] = [width(0), width(1), width(2)];
  const lines = cells.map(([name, shape, size]) =>
    `  ${name.padEnd(names)}  ${shape.padEnd(shapes)}  ${size.padStart(sizes)}`
  );
  return [title(model, rows), ...lines].join("\n");
}

/** The same as an HTML table. */
export function summaryTable(model: string, rows: readonly SummaryRow[]): string {
  const body = rows.map(({ name, shape, size }) =>
    html`
      <tr>
        <td>${name}</td>
        <td>[${shape.join(", ")}]</td>
        <td style="text-align: right">${count(size)}</td>
      </tr>
    `
  );
  const head = html`
    <tr>
      <th>parameter</th>
      <th>shape</th>
      <th>numbers</th>
    </tr>
  `;
  return String(html`<table><caption>${title(model, rows)}</caption>${head}${body}</table>`);
}

function title(model: string, rows: readonly SummaryRow[]): string {
  return `${model}: ${count(rows.reduce((sum, { size }) => sum + size, 0))} parameters`;
}

function count(n: number): string {
  return n.toLocaleString("en-GB");
}
