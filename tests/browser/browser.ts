import { type Browser, chromium } from "playwright-core";
import { run } from "../../tools/command.ts";

const programs = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * A headless Chromium: the installed one, as Playwright would download its own.
 *
 * @throws {Error} If there is none.
 */
export async function launchChromium(): Promise<Browser> {
  for (const program of programs) {
    const executablePath = program.startsWith("/") ? program : await pathOf(program);
    if (executablePath === undefined || (await run([executablePath, "--version"])).code !== 0) continue;
    return await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    });
  }
  throw new Error(
    "Cannot test in a browser, as there is no Chromium or Chrome: install one (apt-get install chromium)",
  );
}

/** The path of a program on the PATH. */
async function pathOf(program: string): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/${program}`;
    if ((await Deno.stat(path).catch(() => undefined))?.isFile) return path;
  }
  return undefined;
}
