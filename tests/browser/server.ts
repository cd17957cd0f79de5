import { join } from "node:path";
import { lines, spawn } from "../../tools/command.ts";
import { isRoot, provideJupyter } from "../../tools/jupyter/install.ts";
import { provideKernel } from "../../tools/jupyter/kernel_spec.ts";
import { serverArguments } from "../../tools/jupyter/server.ts";
import { buildFolder } from "../../tools/project.ts";

/** A Jupyter that serves copies of notebooks. */
export interface Server {
  /** Its address, without a path, and the access token. */
  readonly origin: string;
  readonly token: string;
  /** Ends it and all processes that it started. */
  stop(): Promise<void>;
}

/** JupyterLab's settings for the test: no news, no network access, and a theme. */
const settings = (theme: Theme): Record<string, object> => ({
  "apputils-extension/notification": { fetchNews: "false", checkForUpdates: false },
  "apputils-extension/themes": { theme: `JupyterLab ${theme}` },
});

export type Theme = "Light" | "Dark";

/**
 * Starts JupyterLab on copies of the notebooks, and waits until it is ready.
 *
 * @param notebooks Their paths; what the test saves goes into the copies.
 */
export async function startServer(notebooks: readonly string[], theme: Theme = "Light"): Promise<Server> {
  const [folder, config] = [join(buildFolder, "browser", "notebooks"), join(buildFolder, "browser", "jupyter_config")];
  await copyInto(folder, notebooks);
  await writeConfig(config, settings(theme));
  const jupyter = await provideJupyter("lab");
  const extra = ["--no-browser", `--port=${freePort()}`, "--LabApp.expose_app_in_browser=True"];
  const child = spawn([jupyter.program, ...serverArguments(jupyter.subcommand, isRoot(), extra)], {
    cwd: folder,
    env: { ...await provideKernel(), JUPYTER_CONFIG_DIR: config, NO_COLOR: "1" },
  });
  const said: string[] = [];
  const address = new Promise<URL>((found, notFound) => {
    const read = async (stream: ReadableStream<Uint8Array>) => {
      for await (const line of lines(stream)) {
        said.push(line);
        const url = /http:\/\/127\.0\.0\.1:\d+\/\S*\?token=\w+/.exec(line)?.[0];
        if (url !== undefined) found(new URL(url));
      }
    };
    Promise.all([read(child.stdout), read(child.stderr)])
      .then(() => notFound(new Error(`Jupyter ended before it served:\n${said.slice(-15).join("\n")}`)), notFound);
  });
  const { origin, searchParams } = await address;
  return {
    origin,
    token: searchParams.get("token") ?? "",
    stop: async () => {
      child.kill("SIGINT");
      await child.status;
      const answer = await fetch(origin).then((response) => response.body?.cancel(), () => "none");
      if (answer !== "none") throw new Error(`Jupyter still serves at ${origin}, after it was told to stop`);
    },
  };
}

async function copyInto(folder: string, notebooks: readonly string[]): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {}); // it may not exist
  await Deno.mkdir(folder, { recursive: true });
  for (const path of notebooks) await Deno.copyFile(path, join(folder, path.split(/[\\/]/).at(-1) ?? ""));
}

async function writeConfig(folder: string, settings: Readonly<Record<string, object>>): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {}); // it may not exist
  for (const [name, content] of Object.entries(settings)) {
    const path = join(folder, `lab/user-settings/@jupyterlab/${name}.jupyterlab-settings`);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify(content));
  }
}

/** A port that is free now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
