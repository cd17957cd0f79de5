import { join } from "node:path";
import { lines, spawn } from "../../tools/command.ts";
import { buildFolder, projectFolder } from "../../tools/project.ts";

/** A Jupyter that `deno task lab` has started. */
export interface Server {
  /** Its address, up to and without the path, and the token that opens it. */
  readonly origin: string;
  readonly token: string;
  /** Ends it and everything that it started. */
  stop(): Promise<void>;
}

/** JupyterLab's settings for the test: all cells in the page at once, no news, no visit to the network. */
const settings: Record<string, object> = {
  "notebook-extension/tracker": { windowingMode: "none" },
  "apputils-extension/notification": { fetchNews: "false", checkForUpdates: false },
};

/**
 * Starts `deno task lab --no-browser` with settings of the test's own, and waits until it serves.
 *
 * @param disabledPlugins JupyterLab's plugins that are to be off.
 */
export async function startServer(disabledPlugins: readonly string[]): Promise<Server> {
  const config = join(buildFolder, "browser", "jupyter_config");
  await writeConfig(config, disabledPlugins);
  const command = [Deno.execPath(), "task", "lab", "--no-browser", `--port=${freePort()}`];
  const child = spawn(command, { cwd: projectFolder, env: { JUPYTER_CONFIG_DIR: config, NO_COLOR: "1" } });
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

async function writeConfig(folder: string, disabledPlugins: readonly string[]): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {}); // it need not be there
  const write = async (path: string, content: object) => {
    await Deno.mkdir(join(folder, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, path), JSON.stringify(content));
  };
  for (const [name, content] of Object.entries(settings)) {
    await write(`lab/user-settings/@jupyterlab/${name}.jupyterlab-settings`, content);
  }
  const disabled = Object.fromEntries(disabledPlugins.map((name) => [name, true]));
  await write("labconfig/page_config.json", { disabledExtensions: disabled });
}

/** A port that nobody listens on now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
