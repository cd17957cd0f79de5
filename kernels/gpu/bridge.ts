/** A synchronous way to a device that lives in a worker: requests are posted, and only a read waits. */

import { Worker } from "node:worker_threads";
import type { EngineInfo } from "../kernels.ts";
import { ANSWER, type EngineName, type Greeting, OUTCOME, type Request, type Start, STATUS } from "./program.ts";

/** How many requests may wait in the queue. When it is full, the calling thread sleeps until half of them are done. */
const QUEUE = 4096;

/** The room for an error message in an answer. */
const MESSAGE_BYTES = 4096;

/** A worker that records its own end in shared memory, as nothing else would wake a thread that waits for it. */
class DeviceWorker extends Worker {
  readonly status: Int32Array;

  constructor(engine: EngineName) {
    const status = new SharedArrayBuffer(4 * STATUS.words);
    super(workerUrl(new URL("./worker.ts", import.meta.url)), { workerData: { engine, status } satisfies Start });
    this.status = new Int32Array(status);
    this.on("exit", () => this.#gone());
    this.on("error", () => this.#gone());
  }

  override terminate(): Promise<number> {
    this.#gone();
    return super.terminate();
  }

  #gone(): void {
    Atomics.store(this.status, STATUS.dead, 1);
  }
}

/** Node starts workers only from `file:` and `data:` URLs, so a module from the web is imported by a `data:` module. */
function workerUrl(module: URL): URL {
  if (module.protocol === "file:") return module;
  return new URL(`data:text/javascript,import ${encodeURIComponent(JSON.stringify(module.href))}`);
}

/** The calling thread's side. */
export class Bridge {
  readonly info: EngineInfo;
  readonly #worker: DeviceWorker;
  #posted = 0;

  private constructor(worker: DeviceWorker, info: EngineInfo) {
    this.#worker = worker;
    this.info = info;
  }

  /** Starts a worker with this engine. Throws, with the reason, if the engine cannot run here. */
  static async open(engine: EngineName): Promise<Bridge> {
    const worker = new DeviceWorker(engine);
    const greeting = await new Promise<Greeting>((resolve) => {
      worker.once("message", resolve);
      worker.once("error", (error) => resolve({ reason: error.message }));
    });
    if ("info" in greeting) {
      worker.unref(); // an idle device does not keep the program alive
      const bridge = new Bridge(worker, greeting.info);
      if (engine === "webgpu") globalThis.addEventListener("unload", () => bridge.#park());
      return bridge;
    }
    await worker.terminate();
    throw new Error(greeting.reason);
  }

  /** Whether the worker is running. */
  get alive(): boolean {
    return Atomics.load(this.#worker.status, STATUS.dead) === 0;
  }

  /** Sends a request without waiting for it. */
  post(request: Request, transfer: ArrayBuffer[] = []): void {
    if (!this.alive) return; // the next read throws
    this.#worker.postMessage(request, transfer);
    this.#posted = (this.#posted + 1) | 0;
    if (this.#waiting() > QUEUE) this.#sleep(STATUS.done, () => this.#waiting() <= QUEUE / 2);
  }

  /** The numbers of a storage. Waits until they are computed. */
  read(storage: number, length: number): Float32Array<ArrayBuffer> {
    const answer = this.#room(storage, length);
    const header = new Int32Array(answer, 0, 2);
    this.post({ type: "read", storage, length, answer });
    this.#sleep(STATUS.answers, () => Atomics.load(header, ANSWER.state) !== OUTCOME.waiting);
    if (header[ANSWER.state] === OUTCOME.done) return new Float32Array(answer, ANSWER.header, length).slice();
    if (header[ANSWER.state] === OUTCOME.failed) {
      const message = new Uint8Array(answer, ANSWER.header, header[ANSWER.bytes]).slice();
      throw new Error(new TextDecoder().decode(message));
    }
    throw new Error(
      `Cannot read ${length} numbers from the gpu device (${this.info.engine}): its worker has ended, and what it held is lost`,
    );
  }

  /** Memory for an answer. If there is not enough, the storage's own error, if it has one, comes first. */
  #room(storage: number, length: number): SharedArrayBuffer {
    try {
      return new SharedArrayBuffer(ANSWER.header + Math.max(4 * length, MESSAGE_BYTES));
    } catch (cause) {
      if (length > 1) this.read(storage, 1);
      const device = `the gpu device (${this.info.engine})`;
      throw new RangeError(`Cannot read ${length} numbers from ${device}, as there is no memory for them`, { cause });
    }
  }

  /** Ends the worker. All numbers on the device are lost. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  /**
   * Stops the worker while the program exits. Otherwise the graphics driver releases the worker's resources while the
   * system unloads the driver itself, and about one program in ten crashes on exit.
   */
  #park(): void {
    this.post({ type: "park" });
    this.#sleep(STATUS.answers, () => false);
  }

  /** The number of requests that are posted and not done. */
  #waiting(): number {
    return (this.#posted - Atomics.load(this.#worker.status, STATUS.done)) | 0;
  }

  /** Sleeps until a condition holds, checking it whenever a word of the status changes, or until the worker has ended. */
  #sleep(word: number, holds: () => boolean): void {
    const { status } = this.#worker;
    while (this.alive) {
      const before = Atomics.load(status, word);
      if (holds()) return;
      Atomics.wait(status, word, before);
    }
  }
}
