import { join } from "node:path";
import type { Page } from "playwright-core";
import { buildFolder, shown } from "../../tools/project.ts";

/** The folder of the screenshots. */
export const screenshotFolder = join(buildFolder, "browser");

/** What plotly.js draws for a trace: lines and points, text, bars, contours, the image of a heat map. */
export const marks = [
  ".scatterlayer .trace path",
  ".barlayer .trace path",
  ".contourlayer .contour path",
  ".heatmaplayer image",
].map((mark) => `svg.main-svg ${mark}`).join(", ");

/**
 * How many plots an executed notebook shows.
 *
 * @throws {Error} If it shows none.
 */
export async function plotsIn(executedNotebook: string): Promise<number> {
  const { cells } = JSON.parse(await Deno.readTextFile(executedNotebook)) as {
    cells: { outputs?: { data?: Record<string, unknown> }[] }[]; // as nbconvert writes it
  };
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  const plots =
    outputs.filter((output) => [output.data?.["text/html"]].flat().join("").includes("<div data-plot=")).length;
  if (plots === 0) throw new Error(`There is no plot in ${executedNotebook}`);
  return plots;
}

/**
 * Waits until the plots on a page are really drawn, and keeps a screenshot of each.
 *
 * @param expected How many there must be.
 * @param label The beginning of the screenshots' names.
 * @throws {Error} If their number differs, or one shows no mark of a trace.
 */
export async function drawnPlots(page: Page, expected: number, label: string): Promise<void> {
  const plots = page.locator(".js-plotly-plot");
  await plots.nth(expected - 1).waitFor({ state: "attached", timeout: 30_000 }).catch(async () => {
    throw new Error(`Only ${await plots.count()} of ${expected} plots are on the page`);
  });
  for (const [i, plot] of (await plots.all()).entries()) {
    await plot.scrollIntoViewIfNeeded();
    const path = join(screenshotFolder, `${label}_${i + 1}.png`);
    const drawn = plot.locator(marks);
    const empty = await drawn.first().waitFor({ state: "attached", timeout: 30_000 }).then(() => false, () => true);
    await plot.screenshot({ path }); // even of a plot without a mark: the picture says more than the error
    if (empty) {
      throw new Error(`Plot ${i + 1} of ${expected} is on the page, but nothing is drawn in it: ${shown(path)}`);
    }
  }
}
