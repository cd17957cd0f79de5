/**
 * What has to be asked of the JavaScript engine so that memory which its garbage collector cannot see is given back.
 *
 * The collector weighs small objects only, and not the buffers on the device that they stand for: it is called when
 * enough of those have been made. And an object with a weak reference is kept until the running job ends, by the
 * language's rules; a context of `node:vm` that has a queue of microtasks of its own ends the job early in this respect.
 */

import { setFlagsFromString } from "node:v8";
import { type Context, createContext, runInContext, runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** Runs the garbage collector, all of it, at once. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc"); // contexts made from now on have a function `gc`
    collect = runInNewContext("gc") as () => void; // whatever a context says has no type
  }
  collect();
}

let jobs: Context | undefined;

/** Lets go of what is kept because a weak reference to it was made or followed in this job. */
export function endJob(): void {
  jobs ??= createContext({}, { microtaskMode: "afterEvaluate" });
  runInContext("0", jobs);
}
