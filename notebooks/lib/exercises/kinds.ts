/** A kind of answer: its name for the learner, and how to tell it. */
export interface Kind<T> {
  readonly name: string;
  readonly accepts: (value: unknown) => value is T;
}

export const aNumber: Kind<number> = {
  name: "a number",
  accepts: (value): value is number => typeof value === "number",
};

export const aString: Kind<string> = {
  name: "a string",
  accepts: (value): value is string => typeof value === "string",
};

/** A plain array whose elements are all of one kind. */
export function listOf<T>(element: Kind<T>, name: string): Kind<T[]> {
  return { name, accepts: (value): value is T[] => Array.isArray(value) && value.every((x) => element.accepts(x)) };
}

export const numbers: Kind<number[]> = listOf(aNumber, "a list of numbers");

export const strings: Kind<string[]> = listOf(aString, "a list of strings");

export const matrix: Kind<number[][]> = listOf(numbers, "a matrix, as a list of rows");

/** An object made by the class, or by one that extends it. */
export function instanceOf<T>(type: new (...args: never[]) => T): Kind<T> {
  return { name: `a ${type.name}`, accepts: (value): value is T => value instanceof type };
}
