/** The worker that owns gpu.js and all numbers on the device. It serves requests in order. */

import { parentPort, workerData } from "node:worker_threads";
import { type Buffer, Engine } from "./engine.ts";
import { collectGarbage } from "../garbage.ts";
import {
  ANSWER,
  type Greeting,
  type Launch,
  OUTCOME,
  type Program,
  type Read,
  type Request,
  type Start,
  STATUS,
} from "./program.ts";

const port = parentPort!; // this module runs only as a worker
const { engine: name, status: shared } = workerData as Start;
const status = new Int32Array(shared);

/** The calling thread frees as many buffers at once only after it has looked through all of them. */
const MANY = 64;

/** What each storage holds: numbers, or the error that occurred instead. */
const storages = new Map<number, Buffer | Error>();
const programs: Program[] = [];
const requests: Request[] = [];

let working = false;

/** Serves all requests in order, including those that arrive meanwhile. */
async function work(engine: Engine): Promise<void> {
  if (working) return;
  working = true;
  for (let request = requests.shift(); request !== undefined; request = requests.shift()) await serve(engine, request);
  working = false; // not later: a request may arrive before this function's promise is settled
}

async function serve(engine: Engine, request: Request): Promise<void> {
  switch (request.type) {
    case "program":
      programs.push(request.program);
      break;
    case "write":
      storages.set(request.out, await attempt(() => engine.upload(request.values), "write numbers"));
      break;
    case "launch":
      storages.set(request.out, await launch(engine, request));
      break;
    case "read":
      await answer(engine, request);
      break;
    case "free":
      free(engine, request.storages);
      break;
    case "park":
      die();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // forever
  }
  Atomics.add(status, STATUS.done, 1);
  Atomics.notify(status, STATUS.done);
}

/** Frees buffers. After many, the objects of gpu.js that used them are collected too, as they look small to V8. */
function free(engine: Engine, ids: readonly number[]): void {
  for (const id of ids) {
    const buffer = storages.get(id)!;
    storages.delete(id);
    if (!(buffer instanceof Error)) engine.free(buffer);
  }
  if (ids.length >= MANY) collectGarbage();
}

/** The result of a launch, or the error of an argument, or its own. */
function launch(
  engine: Engine,
  { program: number, grid, args, purpose }: Launch,
): Buffer | Error | Promise<Buffer | Error> {
  const program = programs[number]!;
  const types = Object.values(program.parameters);
  const given: (number | Buffer)[] = [];
  for (const [i, arg] of args.entries()) {
    const value = types[i] === "Array" ? storages.get(arg)! : arg;
    if (value instanceof Error) return value;
    given.push(value);
  }
  return attempt(() => engine.run(program, grid, given), `compute ${purpose}`);
}

/** What `f` returns, or an error that says what failed. */
async function attempt(f: () => Buffer | Promise<Buffer>, action: string): Promise<Buffer | Error> {
  try {
    return await f();
  } catch (cause) {
    return new Error(`Cannot ${action} on the gpu device (${name}): ${cause instanceof Error ? cause.message : cause}`);
  }
}

/** Writes a storage's numbers, or its error, to the memory on which the reading thread waits. */
async function answer(engine: Engine, { storage, length, answer }: Read): Promise<void> {
  const header = new Int32Array(answer, 0, 2);
  let outcome: number = OUTCOME.done;
  try {
    const buffer = storages.get(storage)!;
    if (buffer instanceof Error) throw buffer;
    new Float32Array(answer, ANSWER.header).set(await engine.download(buffer, length));
  } catch (cause) {
    outcome = OUTCOME.failed;
    const room = new Uint8Array(answer, ANSWER.header);
    const message = new TextEncoder().encode(cause instanceof Error ? cause.message : String(cause)).subarray(
      0,
      room.length,
    );
    room.set(message);
    header[ANSWER.bytes] = message.length;
  }
  Atomics.store(header, ANSWER.state, outcome);
  if (engine.broken) return die();
  Atomics.add(status, STATUS.answers, 1);
  Atomics.notify(status, STATUS.answers);
}

/** Tells the waiting thread that no answer will come. */
function die(): void {
  Atomics.store(status, STATUS.dead, 1);
  Atomics.add(status, STATUS.answers, 1);
  Atomics.notify(status, STATUS.answers);
  Atomics.notify(status, STATUS.done);
}

globalThis.addEventListener("error", die);
globalThis.addEventListener("unhandledrejection", die);
try {
  const engine = await Engine.open(name);
  port.on("message", (request: Request) => {
    requests.push(request);
    work(engine);
  });
  port.postMessage({ info: engine.info } satisfies Greeting);
} catch (cause) {
  port.postMessage({ reason: cause instanceof Error ? cause.message : String(cause) } satisfies Greeting);
}
