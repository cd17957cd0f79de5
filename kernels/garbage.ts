/**
 * Freeing memory that JavaScript's garbage collector does not see.
 *
 * The collector counts the small objects on its heap, and not the buffers on a device that they stand for. So a device
 * calls the collector itself, when it has made enough buffers. And by the language's rules an object with a weak
 * reference lives until the current job ends; a context of `node:vm` with its own queue of microtasks ends that job
 * early.
 */

import { setFlagsFromString } from "node:v8";
import { type Context, createContext, runInContext, runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** Runs a full garbage collection now. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc"); // contexts made from now on have a function `gc`
    collect = runInNewContext("gc") as () => void; // what a context returns has no type
  }
  collect();
}

let jobs: Context | undefined;

/** Releases the objects that live only because this job made or followed a weak reference to them. */
export function endJob(): void {
  jobs ??= createContext({}, { microtaskMode: "afterEvaluate" });
  runInContext("0", jobs);
}
