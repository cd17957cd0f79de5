import { basename } from "node:path";
import type { Locator, Page } from "playwright-core";
import { kernelSpec } from "../../tools/jupyter/kernel_spec.ts";
import { numbered } from "../../tools/jupyter/events.ts";
import { isCode, mayFail, type Notebook, parseNotebook, sourceOf } from "../../tools/jupyter/notebook.ts";
import type { Server } from "./server.ts";

/** How long all the cells together may take. */
const runTimeout = 600_000;

/**
 * Opens a notebook in JupyterLab and runs all of its cells, as one does from the menu.
 *
 * @throws {Error} If a cell fails.
 */
export async function runAllCells(page: Page, server: Server, path: string): Promise<void> {
  await keepFromSaving(page);
  await page.goto(`${server.origin}/lab/tree/${basename(path)}?token=${server.token}`);
  const cells = page.locator(".jp-NotebookPanel:visible .jp-Cell");
  await cells.first().waitFor({ timeout: 60_000 });
  await page.getByText(`${kernelSpec("").display_name} | Idle`).waitFor({ timeout: 60_000 });
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();

  const notebook = parseNotebook(await Deno.readTextFile(path));
  const wanted = notebook.cells.filter(isCode).length;
  const ran = cells.locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ });
  const deadline = Date.now() + runTimeout;
  while (await ran.count() < wanted) {
    await throwIfFailed(cells, notebook);
    if (Date.now() > deadline) throw new Error(`Only ${await ran.count()} of ${wanted} cells ran in time`);
    await page.waitForTimeout(250);
  }
  await throwIfFailed(cells, notebook);
}

/** Throws the error that a cell shows, unless the cell is there to show one. */
async function throwIfFailed(cells: Locator, notebook: Notebook): Promise<void> {
  const error = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']";
  if (await cells.locator(error).count() === 0) return;
  for (const [i, cell] of notebook.cells.entries()) {
    const errors = cells.nth(i).locator(error);
    if (!mayFail(cell) && await errors.count() > 0) {
      throw new Error(`A cell failed:\n${numbered(sourceOf(cell))}\n\n${await errors.first().innerText()}`);
    }
  }
}

/** The notebook is the course's: what JupyterLab saves is answered, and thrown away. */
async function keepFromSaving(page: Page): Promise<void> {
  await page.route("**/api/contents/**", async (route) => {
    if (route.request().method() !== "PUT") return await route.continue();
    const response = await route.fetch({ method: "GET", url: `${route.request().url().split("?")[0]}?content=0` });
    await route.fulfill({ response });
  });
}
