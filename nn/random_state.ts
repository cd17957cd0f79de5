import { Random } from "../autograd/random.ts";

/** A source of chance that stands where another once stood. */
export function randomAt(state: readonly number[]): Random {
  const random = new Random(0);
  random.state = state;
  return random;
}

/** Whether a value, read from a file for instance, is a state that a source of chance takes. */
export function isRandomState(state: unknown): state is number[] {
  if (!Array.isArray(state)) return false;
  try {
    randomAt(state);
    return true;
  } catch {
    return false;
  }
}
