import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { pathToFileURL } from "node:url";
import { run, tail } from "../../tools/command.ts";
import { executedPaths } from "../../tools/jupyter/execute.ts";
import { nameOf } from "../../tools/jupyter/notebook.ts";
import { loadsOf } from "../../tools/jupyter/offline_html.ts";
import { notebooksFolder, projectFolder } from "../../tools/project.ts";
import type { View } from "./jupyter_lab.ts";
import { drawnPlots, plotsIn } from "./plots.ts";

/** Exports the notebook, and opens the HTML without a network: plots and formulas are drawn, nothing is requested. */
export const exportedWithoutNetwork: View = async (browser, path) => {
  const { html, notebook } = executedPaths(path);
  if (!await isFresh(html)) {
    const outcome = await run([Deno.execPath(), "task", "notebooks", path], { cwd: projectFolder });
    if (outcome.code !== 0) throw new Error(tail(outcome, 40));
  }
  assert.deepEqual(loadsOf(await Deno.readTextFile(html)), []);
  const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 1000 } });
  try {
    const page = await context.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(html).href, { waitUntil: "domcontentloaded" });
    const plots = await plotsIn(notebook);
    await drawnPlots(page, plots, `${nameOf(path)}_exported`);
    const formulas = await drawnFormulas(page);
    assert.deepEqual(asked.filter((url) => !/^(file|data|blob):/.test(url)), []);
    return `${plots} plots and ${formulas} formulas, nothing asked of the network`;
  } finally {
    await context.close();
  }
};

/** Whether the file is newer than all sources of the notebooks. */
async function isFresh(path: string): Promise<boolean> {
  const made = (await Deno.stat(path).catch(() => undefined))?.mtime ?? new Date(0);
  const isOlder = async (folder: string): Promise<boolean> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const inside = `${folder}/${name}`;
      if (isDirectory ? !await isOlder(inside) : ((await Deno.stat(inside)).mtime ?? made) >= made) return false;
    }
    return true;
  };
  return await isOlder(notebooksFolder) && await isOlder(`${projectFolder}/tools`);
}

/**
 * How many formulas the page shows.
 *
 * @throws {Error} If one has no size or could not be read, or TeX is left in the prose.
 */
async function drawnFormulas(page: Page): Promise<number> {
  await page.evaluate("document.querySelectorAll('details').forEach((hint) => hint.open = true)"); // folded hints too
  const formulas = page.locator(".jp-RenderedMarkdown math, .jp-RenderedLatex math");
  const count = await formulas.count();
  if (count === 0) throw new Error("There is no formula");
  for (const formula of await formulas.all()) {
    const box = await formula.boundingBox();
    if (!box || box.width < 3 || box.height < 3) {
      throw new Error(`A formula is not drawn: ${await formula.innerHTML()}`);
    }
  }
  for (const wrong of await page.locator(".temml-error").all()) throw new Error(`No TeX: ${await wrong.innerText()}`);
  for (const prose of await page.locator(".jp-RenderedMarkdown > p, .jp-RenderedMarkdown li").all()) {
    const text = (await prose.locator(":scope:not(:has(code))").allInnerTexts()).join("");
    if (/\$.*\$|\\(frac|text|mathbb)/.test(text)) throw new Error(`TeX is left in the page: ${text}`);
  }
  return count;
}
