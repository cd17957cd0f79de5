/** Finding the parts of an object in its fields, and in the lists and objects inside them. */

import { isPlainObject, show } from "../checks/mod.ts";

/**
 * The parts in an object's public fields with their names: in a list as `field.0`, in an object or a Map as `field.key`.
 *
 * @param isPart Whether a value is a part, which is not searched further.
 * @param meet Told of every object of another class, which is not searched, and of how to name it.
 * @throws {TypeError} If a part is held under a key that is no name: an object in a Map, or a symbol.
 */
export function partsOf<Part>(
  owner: object,
  isPart: (value: unknown) => value is Part,
  meet: (name: () => string, object: object) => void = () => {},
): [name: string, part: Part][] {
  const found: [string, Part][] = [];
  const open = new Set<object>(); // the containers around the value, as one may contain itself
  const visit = (name: () => string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (isPart(value)) {
      found.push([name(), value]);
    } else if (!open.has(value)) {
      open.add(value);
      if (isContainer(value)) eachItem(value, (key, item) => visit(() => join(name(), nameOf(key)), item));
      else meet(name, value);
      open.delete(value);
    }
  };
  eachField(owner, (key, value) => visit(() => nameOf(key), value));
  return found;
}

/** Whether an object only holds others: an array, a Map, a Set or a plain object. */
function isContainer(value: object): boolean {
  return Array.isArray(value) || value instanceof Map || value instanceof Set || isPlainObject(value);
}

/** Calls `visit` for each item of a container. */
function eachItem(container: object, visit: (key: unknown, item: unknown) => void): void {
  if (Array.isArray(container)) container.forEach((item, i) => visit(i, item));
  else if (container instanceof Map) container.forEach((item, key) => visit(key, item));
  else if (container instanceof Set) [...container].forEach((item, i) => visit(i, item));
  else eachField(container, visit);
}

/** Calls `visit` for each field of an object, also for those whose key is a symbol: a part there would have no name. */
function eachField(object: object, visit: (key: unknown, item: unknown) => void): void {
  for (const [key, item] of Object.entries(object)) visit(key, item);
  for (const key of Object.getOwnPropertySymbols(object)) visit(key, Reflect.get(object, key));
}

/** The key of an array, an object or a Map as a part of a name. */
function nameOf(key: unknown): string {
  if (typeof key === "string" || typeof key === "number") return String(key);
  const rule = typeof key === "symbol"
    ? "a field that leads to one must not be a symbol"
    : "the keys of a Map of modules must be strings or numbers";
  throw new TypeError(`Cannot name the parameters, as ${rule}: ${show(key)}`);
}

/** A name within a name: `layers.0`. */
export function join(name: string, field: string): string {
  return name === "" ? field : `${name}.${field}`;
}
