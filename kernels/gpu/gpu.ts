/** What the kernels of this device are written in: programs launched on storages, and programs made of an expression. */

import type { View } from "../kernels.ts";
import { type Shape, sizeOf, type Walk } from "../view.ts";
import type { Bridge } from "./bridge.ts";
import type { Program } from "./program.ts";
import { GpuStorage, Storages } from "./storage.ts";
import { type Fold, foldProgram, mapProgram, SMALL } from "./templates.ts";
import { dense, storageOf, walk } from "./views.ts";

/** Views by the names that an expression calls their elements. */
export type Operands = Readonly<Record<string, View>>;

/** Numbers by the names that an expression calls them. */
export type Numbers = Readonly<Record<string, number>>;

/** From this many on, elements are folded in parts first. */
const PARTS = 256;

/** A device: its storages, and the programs that it knows. */
export class Gpu {
  readonly #bridge: Bridge;
  readonly #storages: Storages;
  readonly #numbers = new Map<Program, number>();
  readonly #made = new Map<string, Program>();
  #purpose: (() => string) | undefined;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.#storages = new Storages((storages) => bridge.post({ type: "free", storages }));
  }

  /** How many storages the program can reach. */
  get storages(): number {
    return this.#storages.count;
  }

  write(values: ArrayLike<number>): GpuStorage {
    const storage = this.#storages.make(values.length);
    const numbers = Float32Array.from(values);
    this.#bridge.post({ type: "write", out: storage.id, values: numbers }, [numbers.buffer]);
    return storage;
  }

  read({ id, length }: GpuStorage): Float32Array<ArrayBuffer> {
    return this.#bridge.read(id, length);
  }

  /** Runs `f`; the errors of what it launches say that it was for this operation. */
  during<T>(operation: string, args: readonly unknown[], f: () => T): T {
    const before = this.#purpose;
    this.#purpose ??= () => purpose(operation, args);
    try {
      return f();
    } finally {
      this.#purpose = before;
    }
  }

  /** Runs a program on so many threads; the arguments in its parameters' order. The result counts as `length` numbers. */
  launch(
    program: Program,
    grid: readonly number[],
    args: readonly (number | GpuStorage)[],
    length = sizeOf(grid),
  ): GpuStorage {
    if (length === 0) return this.write([]);
    let number = this.#numbers.get(program);
    if (number === undefined) {
      this.#numbers.set(program, number = this.#numbers.size);
      this.#bridge.post({ type: "program", program });
    }
    const out = this.#storages.make(length);
    const values = args.map((arg) => arg instanceof GpuStorage ? arg.id : arg);
    this.#bridge.post({ type: "launch", program: number, out: out.id, grid, args: values, purpose: this.#purpose!() });
    return out;
  }

  /** The expression's value for every element of the operands, which have one shape, or for the first `length`. */
  map(expression: string, operands: Operands, numbers: Numbers = {}, length = sizeOf(shapeOf(operands))): GpuStorage {
    const used = usedIn(expression, operands);
    const views = Object.values(used);
    if (length === 0) return this.write([]);
    const { shape, strides } = stepped(walk(views));
    const program = this.#program(`${expression} of`, used, numbers, shape, length, (shape) => {
      return mapProgram(expression, shape);
    });
    const args = views.flatMap((view, i) => [storageOf(view), view.offset, ...strides[i]!]);
    return this.launch(program, [length], [...args, ...shape.slice(1), ...Object.values(numbers)]);
  }

  /** The expression's values over the last `axes` axes of the operands, folded into one number each. */
  fold(fold: Fold, expression: string, operands: Operands, axes = 1, numbers: Numbers = {}): GpuStorage {
    const used = usedIn(expression, operands);
    const views = Object.values(used);
    const whole = shapeOf(operands);
    const cut = whole.length - axes;
    const length = sizeOf(whole.slice(0, cut));
    const count = sizeOf(whole.slice(cut));
    if (length === 0) return this.write([]);
    if (count === 0) return this.full(length, fold === "sum" ? 0 : -Infinity);
    const inner = walk(views, cut);
    if (inner.shape.length > 1) { // elements that are folded must be evenly spaced
      const values = dense(this.map(expression, operands, numbers), [length, count]);
      return this.fold(fold, "x", { x: values });
    }
    const outer = stepped(walk(views, 0, cut));
    const parts = count > PARTS ? Math.ceil(Math.sqrt(count)) : 1;
    const program = this.#program(`${fold} ${expression} of`, used, numbers, outer.shape, length * parts, (shape) => {
      return foldProgram(fold, expression, shape);
    });
    const args = views.flatMap((view, i) => {
      return [storageOf(view), view.offset, ...outer.strides[i]!, inner.strides[i]![0] ?? 0];
    });
    const folding = [count, parts, Math.ceil(count / parts), -Infinity];
    const out = this.launch(program, [length * parts], [
      ...args,
      ...outer.shape.slice(1),
      ...folding,
      ...Object.values(numbers),
    ]);
    return parts === 1 ? out : this.fold(fold, "x", { x: dense(out, [length, parts]) });
  }

  /** `length` times the same number. */
  full(length: number, value: number): GpuStorage {
    return this.launch(FULL, [length], [value]);
  }

  /** The numbers 0, 1, …, `length` − 1. */
  counting(length: number): View {
    return dense(this.launch(COUNTING, [length], []), [length]);
  }

  /** The elements of a view in row-major order, as a view without gaps. */
  dense(view: View): View {
    return dense(this.map("x", { x: view }), view.shape);
  }

  /** The program for an expression, made when it is asked for first. */
  #program(
    what: string,
    operands: Operands,
    numbers: Numbers,
    { length: rank }: Shape,
    elements: number,
    make: (shape: Parameters<typeof mapProgram>[1]) => Program,
  ): Program {
    const [names, parameters, large] = [Object.keys(operands), Object.keys(numbers), elements > SMALL];
    return this.cached(`${what} ${names} with ${parameters}, rank ${rank}, large ${large}`, () => {
      return make({ names, parameters, rank, large });
    });
  }

  /** What `make` made the first time that it was called for this key. */
  cached(key: string, make: () => Program): Program {
    let program = this.#made.get(key);
    if (program === undefined) this.#made.set(key, program = make());
    return program;
  }
}

const FULL: Program = { source: "function (value) { return value; }", parameters: { value: "Float" }, tile: false };
const COUNTING: Program = { source: "function () { return this.thread.x; }", parameters: {}, tile: false };

/** The shape that all operands have. */
function shapeOf(operands: Operands): Shape {
  return Object.values(operands)[0]!.shape;
}

/** The operands that an expression speaks of, the first of all if none (it has the shape). */
function usedIn(expression: string, operands: Operands): Operands {
  const used = Object.entries(operands).filter(([name]) => new RegExp(`\\b${name}\\b`).test(expression));
  return Object.fromEntries(used.length > 0 ? used : Object.entries(operands).slice(0, 1));
}

/** A walk of one axis at least. */
function stepped(walk: Walk): Walk {
  return walk.shape.length > 0 ? walk : { shape: [1], strides: walk.strides.map(() => [0]) };
}

/** "matmul of [2, 3] and [3, 4]" */
function purpose(operation: string, args: readonly unknown[]): string {
  const shapes = args.filter((arg): arg is View => typeof arg === "object" && arg !== null && "shape" in arg)
    .map(({ shape }) => `[${shape.join(", ")}]`);
  return shapes.length === 0 ? operation : `${operation} of ${shapes.join(" and ")}`;
}
