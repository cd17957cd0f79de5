import { Random } from "../autograd/random.ts";

/** A random number generator in a saved state. */
export function randomAt(state: readonly number[]): Random {
  const random = new Random(0);
  random.state = state;
  return random;
}

/** Whether a value, for example from a file, is a valid state of a random number generator. */
export function isRandomState(state: unknown): state is number[] {
  if (!Array.isArray(state)) return false;
  try {
    randomAt(state);
    return true;
  } catch {
    return false;
  }
}
