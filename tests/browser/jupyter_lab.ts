/**
 * `deno task test:browser [notebook]`: a real browser opens a notebook in JupyterLab, runs all cells with the Deno
 * kernel, and sees its plots, drawn by JupyterLab's own renderer of plotly, and again by the HTML that they bring along
 * where there is no such renderer. Then the exported HTML is opened with no network. Every plot is kept as a picture.
 */
import type { Browser } from "playwright-core";
import { pathToFileURL } from "node:url";
import { run, tail } from "../../tools/command.ts";
import { executedPaths } from "../../tools/jupyter/execute.ts";
import { nameOf, notebooksIn, selectNotebooks } from "../../tools/jupyter/notebook.ts";
import { notebooksFolder, projectFolder, shown } from "../../tools/project.ts";
import { say } from "../../tools/terminal.ts";
import { launchChromium } from "./browser.ts";
import { drawnPlots, plotsIn } from "./plots.ts";
import { runAllCells } from "./run_all.ts";
import { startServer } from "./server.ts";

/** The plugin that gives JupyterLab its renderer of application/vnd.plotly.v1+json. */
const renderer = "@jupyterlab/plotly-extension:factory";

const viewport = { width: 1280, height: 1000 };

/** One way to look at a notebook: gives the pictures of its plots. */
type View = (browser: Browser, path: string, label: string) => Promise<string[]>;

/** Exports the notebook, and opens the HTML with no network. */
const exported: View = async (browser, path, label) => {
  const outcome = await run([Deno.execPath(), "task", "notebooks", path], { cwd: projectFolder });
  if (outcome.code !== 0) throw new Error(tail(outcome, 40));
  const context = await browser.newContext({ offline: true, viewport });
  const page = await context.newPage();
  await page.goto(pathToFileURL(executedPaths(path).html).href, { waitUntil: "domcontentloaded" });
  return await drawnPlots(page, await plotsIn(executedPaths(path).notebook), label);
};

/** Runs the notebook in JupyterLab, without some of its plugins. */
function inJupyterLab(disabledPlugins: readonly string[]): View {
  return async (browser, path, label) => {
    const server = await startServer(disabledPlugins);
    try {
      const page = await browser.newPage({ viewport });
      await runAllCells(page, server, path);
      const plots = await plotsIn(executedPaths(path).notebook);
      const pictures = await drawnPlots(page, plots, label);
      const byHtml = await page.locator(".jp-RenderedHTMLCommon .js-plotly-plot").count();
      if (disabledPlugins.includes(renderer) && byHtml < plots) {
        throw new Error(`Only ${byHtml} of ${plots} plots are drawn by their HTML`);
      }
      return pictures;
    } finally {
      await server.stop();
    }
  };
}

/** The first one also counts the plots: the executed copy has a bundle for each. */
const views: readonly { readonly title: string; readonly label: string; readonly view: View }[] = [
  { title: "the exported HTML, with no network", label: "exported", view: exported },
  { title: "JupyterLab, as it is", label: "lab", view: inJupyterLab([]) },
  { title: "JupyterLab, by their HTML", label: "html", view: inJupyterLab([renderer]) },
];

const [path] = selectNotebooks(await notebooksIn(notebooksFolder), [Deno.args[0] ?? "02"], Deno.cwd());
if (path === undefined) throw new Error("There is no notebook"); // not to be had: an unknown name throws
let failed = 0;
const browser = await launchChromium();
try {
  for (const { title, label, view } of views) {
    try {
      say(`… ${nameOf(path)} in ${title}`);
      const pictures = await view(browser, path, `${nameOf(path)}_${label}`);
      say(`✓ ${nameOf(path)} in ${title}: ${pictures.length} plots\n  ${pictures.map(shown).join("\n  ")}`);
    } catch (error) {
      failed++;
      say(`✗ ${nameOf(path)} in ${title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
} finally {
  await browser.close();
}
say(`${views.length - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
