import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { download, DownloadError } from "../../../nn/data/mod.ts";

const contents = "To be, or not to be";
const sha256 = createHash("sha256").update(contents).digest("hex");
const url = "https://example.org/texts/hamlet.txt";

const offline = () => Promise.reject(new TypeError("no network"));
const serve = (body: string, init?: ResponseInit) => () => Promise.resolve(new Response(body, init));

/** A test with its own folder. */
function test(name: string, body: (folder: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await body(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const filesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

test("a file is fetched once, and then found", async (parent) => {
  const folder = join(parent, "cache", "texts"); // created when needed
  let fetched = 0;
  const fetch = (address: string) => {
    assert.equal(address, url);
    fetched++;
    return serve(contents)();
  };
  const path = await download({ url, sha256, folder, fetch });
  assert.equal(path, join(folder, "hamlet.txt"));
  assert.equal(await Deno.readTextFile(path), contents);
  assert.equal(await download({ url, sha256: sha256.toUpperCase(), folder, fetch }), path);
  assert.equal(await download({ url, sha256, folder, fetch: offline }), path);
  assert.equal(fetched, 1);
  assert.deepEqual(filesIn(folder), ["hamlet.txt"]);
});

test("without a network, the error says what was tried, and where to put the file", async (folder) => {
  const path = join(folder, "hamlet.txt");
  const mirrors = [url, "https://example.net/h.txt"];
  await assert.rejects(download({ url: mirrors, sha256, folder, fetch: offline }), (error: Error) => {
    assert(error instanceof DownloadError);
    assert.equal(
      error.message,
      `Cannot download hamlet.txt. Tried:
  https://example.org/texts/hamlet.txt: no network
  https://example.net/h.txt: no network
Get the file by other means, and put it here:
  ${path}
Its SHA-256 must be ${sha256}.`,
    );
    return true;
  });
  assert.deepEqual(filesIn(folder), []);
  await Deno.writeTextFile(path, contents); // as the error says
  assert.equal(await download({ url: mirrors, sha256, folder, fetch: offline }), path);
});

test("a download with the wrong hash is not kept, and replaces no file", async (folder) => {
  const path = join(folder, "hamlet.txt");
  const wrong = /hamlet\.txt: its SHA-256 is [0-9a-f]{64}, of 5 bytes\n/;
  await assert.rejects(download({ url, sha256, folder, fetch: serve("other") }), wrong);
  assert.deepEqual(filesIn(folder), []);
  await Deno.writeTextFile(path, "mine");
  await assert.rejects(
    download({ url, sha256, folder, fetch: serve("other") }),
    /it is there, but its SHA-256 is [0-9a-f]{64}\n/,
  );
  assert.equal(await Deno.readTextFile(path), "mine");
  await download({ url, sha256, folder, fetch: serve(contents) }); // the right one replaces it
  assert.equal(await Deno.readTextFile(path), contents);
  assert.deepEqual(filesIn(folder), ["hamlet.txt"]);
});

test("the next URL is tried after an HTTP error, a wrong file and a broken connection", async (folder) => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode("To be"));
      controller.error(new Error("connection reset"));
    },
  });
  const responses = [
    serve("gone", { status: 404, statusText: "Not Found" }),
    serve("<html>log in first</html>"),
    () => Promise.resolve(new Response(broken)),
    serve(contents),
  ];
  const urls = responses.map((_, i) => `https://example.org/${i}`);
  const fetch = (address: string) => responses[Number(address.at(-1))]!();
  const path = await download({ url: urls, sha256, folder, name: "hamlet", fetch });
  assert.equal(await Deno.readTextFile(path), contents);
  assert.deepEqual(filesIn(folder), ["hamlet"]);
  const failing = download({ url: urls.slice(0, 1), sha256, folder, name: "other", fetch });
  await assert.rejects(failing, /https:\/\/example\.org\/0: HTTP status 404 Not Found\n/);
});

test("progress is reported in bytes, with the total if it is known", async (folder) => {
  const told: [number, number | undefined][] = [];
  const onProgress = (bytes: number, total: number | undefined) => void told.push([bytes, total]);
  const headers = { "content-length": "19" };
  await download({ url, sha256, folder, fetch: serve(contents, { headers }), onProgress });
  assert.deepEqual(told.at(-1), [19, 19]);
  await download({ url, sha256, folder, name: "again", fetch: serve(contents), onProgress });
  assert.deepEqual(told.at(-1), [19, undefined]);
});

test("an invalid hash, name or URL is rejected before anything is done", async (folder) => {
  const refused = (change: object) => download({ url, sha256, folder, fetch: offline, ...change });
  await assert.rejects(refused({ sha256: "abc" }), /^TypeError: .*64 hexadecimal digits: "abc"/);
  for (const name of ["../up", "a/b", "..", ""]) {
    await assert.rejects(refused({ name }), /^TypeError: .*without folders/);
  }
  await assert.rejects(refused({ url: "https://example.org/" }), /^TypeError: .*without folders: ""/);
  await assert.rejects(refused({ url: [] }), /^TypeError: .*must be a URL: none/);
  await assert.rejects(refused({ url: "hamlet.txt" }), /^TypeError: .*must be a URL: hamlet\.txt/);
});

test("a server that is silent, or falls silent, is abandoned after a while, and the next URL is tried", async (folder) => {
  const never = () => new Promise<Response>(() => {});
  const first = new TextEncoder().encode("To be");
  const silent = () => Promise.resolve(new Response(new ReadableStream({ start: (body) => body.enqueue(first) })));
  const aborted: string[] = [];
  const fetch = (address: string, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener("abort", () => aborted.push(address));
    return { a: never, b: silent, c: serve(contents) }[address.at(-1)!]!();
  };
  const urls = ["a", "b", "c"].map((name) => `https://example.org/${name}`);
  const path = await download({ url: urls, sha256, folder, name: "hamlet", timeout: 0.05, fetch });
  assert.equal(await Deno.readTextFile(path), contents);
  assert.deepEqual(aborted.slice(0, 2), urls.slice(0, 2)); // the connections are closed
  const failing = download({ url: urls.slice(0, 2), sha256, folder, name: "other", timeout: 0.05, fetch });
  await assert.rejects(failing, /org\/a: no answer within 0\.05 s\n.*org\/b: no answer within 0\.05 s\n/);
  assert.deepEqual(filesIn(folder), ["hamlet"]);
});

test("an endless body is abandoned at the limit, and one with too large a length before a byte is read", async (folder) => {
  let sent = 0;
  const endless = () => {
    const pull = (body: ReadableStreamDefaultController<Uint8Array>) => {
      body.enqueue(new Uint8Array(1000));
      sent += 1000;
    };
    return Promise.resolve(new Response(new ReadableStream({ pull })));
  };
  const failing = download({ url, sha256, folder, maxBytes: 10_000, fetch: endless });
  await assert.rejects(failing, /it must have at most 10000 bytes: it has more\n/);
  assert.ok(sent < 20_000, `${sent} bytes were taken`);
  const long = serve("x", { headers: { "content-length": "10001" } });
  await assert.rejects(download({ url, sha256, folder, maxBytes: 10_000, fetch: long }), /it has 10001\n/);
  await download({ url, sha256, folder, maxBytes: contents.length, fetch: serve(contents) }); // exactly as many
  assert.deepEqual(filesIn(folder), ["hamlet.txt"]);
});

test("unknown options, and values of the wrong kind, are rejected by name", async (folder) => {
  // This call skips type checks, as in a notebook.
  // deno-lint-ignore no-explicit-any
  const refused = (change: any) => download({ url, sha256, folder, fetch: offline, ...change });
  await assert.rejects(refused({ sha: "abc" }), /^TypeError: .*there is no option "sha"/);
  await assert.rejects(refused({ timeout: 0 }), /^RangeError: .*"timeout" must be a finite number, greater than 0: 0/);
  await assert.rejects(refused({ maxBytes: 0.5 }), /^RangeError: .*"maxBytes"/);
  await assert.rejects(refused({ folder: undefined }), /^TypeError: .*"folder" must be given/);
});
