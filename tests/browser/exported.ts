import { pathToFileURL } from "node:url";
import { run, tail } from "../../tools/command.ts";
import { executedPaths } from "../../tools/jupyter/execute.ts";
import { nameOf } from "../../tools/jupyter/notebook.ts";
import { projectFolder } from "../../tools/project.ts";
import type { View } from "./jupyter_lab.ts";
import { drawnPlots, plotsIn } from "./plots.ts";

/** Exports the notebook, and opens the HTML without a network. */
export const exportedWithoutNetwork: View = async (browser, path) => {
  const outcome = await run([Deno.execPath(), "task", "notebooks", path], { cwd: projectFolder });
  if (outcome.code !== 0) throw new Error(tail(outcome, 40));
  const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 1000 } });
  const page = await context.newPage();
  await page.goto(pathToFileURL(executedPaths(path).html).href, { waitUntil: "domcontentloaded" });
  const plots = await plotsIn(executedPaths(path).notebook);
  await drawnPlots(page, plots, `${nameOf(path)}_exported`);
  return `${plots} plots`;
};
