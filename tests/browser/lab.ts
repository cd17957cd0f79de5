import { basename } from "node:path";
import type { Page } from "playwright-core";
import { numbered } from "../../tools/jupyter/events.ts";
import { marks } from "./plots.ts";
import type { Server, Theme } from "./server.ts";
import inLab from "./in_lab.js" with { type: "text" };

/** How long all cells together may take, in milliseconds. */
const runTimeout = 600_000;
/** How long a plot may take to be drawn once it is in view. */
const drawTimeout = 30_000;

/** One plot of a notebook: the cell that shows it, and which of the cell's plots it is. */
export interface Place {
  readonly cell: number;
  readonly plot: number;
}

/** A plot as drawn, in pixels. */
export interface Drawn {
  readonly height: number;
  /** The heights of the drawing and of its container. */
  readonly width: number;
  readonly room: number;
  /** Whether a trace has drawn any mark. */
  readonly drawn: boolean;
  /** Whether titles and labels are light, as they must be on a dark page; null where there are none. */
  readonly light: boolean | null;
}

/** A notebook in JupyterLab, all of whose cells have run. */
export class LabNotebook {
  private constructor(private readonly page: Page, readonly places: readonly Place[]) {}

  /**
   * Opens a notebook, and runs all of its cells.
   *
   * @throws {Error} If a cell fails, or there is no plot.
   */
  static async run(page: Page, server: Server, path: string): Promise<LabNotebook> {
    await page.addInitScript({ content: inLab });
    await page.goto(`${server.origin}/lab/tree/${basename(path)}?token=${server.token}`);
    await page.waitForFunction(`globalThis.jupyterapp && inLab.isReady(${JSON.stringify(basename(path))})`, null, {
      timeout: 60_000,
    });
    await page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells').then(() => {})");
    const errors = await page.evaluate<{ source: string; message: string }[]>("inLab.errors()");
    if (errors[0]) throw new Error(`A cell failed:\n${numbered(errors[0].source)}\n\n${errors[0].message}`);
    await page.waitForFunction("inLab.waiting() === 0", null, { timeout: runTimeout });
    const cells = await page.evaluate<{ cell: number; plots: number }[]>("inLab.plotCells()");
    if (cells.length === 0) throw new Error("There is no plot");
    const places = cells.flatMap(({ cell, plots }) => Array.from({ length: plots }, (_, plot) => ({ cell, plot })));
    return new LabNotebook(page, places);
  }

  /** Scrolls a plot into view, waits until it is drawn, and measures it. */
  async look({ cell, plot }: Place): Promise<Drawn> {
    await this.page.evaluate(`inLab.scrollTo(${cell})`);
    const deadline = Date.now() + drawTimeout;
    const read = async () =>
      (await this.page.evaluate<Drawn[]>(`inLab.plotsIn(${cell}, ${JSON.stringify(marks)})`))[plot];
    let [before, now] = [undefined as Drawn | undefined, await read()];
    // a plot follows the page's width after a moment, so measure until nothing changes
    while (!now?.drawn || JSON.stringify(now) !== JSON.stringify(before)) {
      if (Date.now() > deadline) return now ?? { height: 0, width: 0, room: 0, drawn: false, light: null };
      await this.page.waitForTimeout(300);
      [before, now] = [now, await read()];
    }
    return now;
  }

  /**
   * Drags the slider of a plot to its right end; a plot without one stays as it is.
   *
   * @returns Whether there is a slider.
   * @throws {Error} If the slider has not moved.
   */
  async drag({ cell, plot }: Place): Promise<boolean> {
    await this.page.evaluate(`inLab.scrollTo(${cell})`);
    await this.page.evaluate(`inLab.sliderOf(${cell}, ${plot})`); // moves it to the middle of the page
    await this.page.waitForTimeout(200);
    const hold = await this.page.evaluate<{ x: number; y: number; end: number } | null>(
      `inLab.sliderOf(${cell}, ${plot})`,
    );
    if (hold === null) return false;
    const place = () => this.page.evaluate<number | undefined>(`inLab.placeOf(${cell}, ${plot})`);
    const start = await place();
    await this.page.mouse.move(hold.x, hold.y);
    await this.page.mouse.down();
    await this.page.mouse.move(hold.end, hold.y, { steps: 8 });
    await this.page.mouse.up();
    if (await place() === start) throw new Error(`The slider of plot ${plot + 1} in cell ${cell} does not move`);
    return true;
  }

  /** Shows JupyterLab in another theme, and waits until the plots have followed. */
  async changeTheme(theme: Theme): Promise<void> {
    const name = JSON.stringify(`JupyterLab ${theme}`);
    await this.page.evaluate(`jupyterapp.commands.execute('apputils:change-theme', { theme: ${name} }).then(() => {})`);
    await this.page.waitForTimeout(2000);
  }

  /** How often the notebook holds plotly.js, which makes it large. */
  async libraries(): Promise<number> {
    return await this.page.evaluate<number>("inLab.libraries()");
  }

  /** Keeps a picture of what is to be seen of the notebook. */
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }
}
