/** What kernels of this device are made of: launches of programs, and programs generated from an expression. */

import type { View } from "../kernels.ts";
import { contiguous, type Shape, sizeOf, type Walk } from "../view.ts";
import type { Bridge } from "./bridge.ts";
import { type Arguments, type Parameters, type Program, program, type Thread } from "./program.ts";
import { GpuStorage, Storages } from "./storage.ts";
import {
  type Fold,
  foldProgram,
  mapProgram,
  type Signature,
  sizeArguments,
  SMALL,
  viewArguments,
} from "./templates.ts";
import { walk } from "./views.ts";

/** Views, by the names that their elements have in an expression. */
export type Operands = Readonly<Record<string, View>>;

/** Numbers, by their names in an expression. */
export type Numbers = Readonly<Record<string, number>>;

/** More elements than this are folded in parts first. */
const PARTS = 256;

/** A device: its storages and its programs. */
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

  /** The number of storages that the program can still reach. */
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

  /** Runs `f`. Errors of the programs that it launches name this kernel and the shapes of its operands. */
  during<T>(kernel: string, args: readonly unknown[], f: () => T): T {
    const before = this.#purpose;
    this.#purpose ??= () => purpose(kernel, args);
    try {
      return f();
    } finally {
      this.#purpose = before;
    }
  }

  /** Runs a program on a grid of threads. The first `length` numbers of the result count. Default: one for each thread. */
  launch<P extends Parameters>(
    program: Program<P>,
    grid: readonly number[],
    args: Arguments<P>,
    length = sizeOf(grid),
  ): GpuStorage {
    if (length === 0) return this.write([]);
    let number = this.#numbers.get(program);
    if (number === undefined) {
      this.#numbers.set(program, number = this.#numbers.size);
      this.#bridge.post({ type: "program", program });
    }
    const out = this.#storages.make(length);
    const given = Object.keys(program.parameters).map((name): GpuStorage | number => args[name]!);
    const values = given.map((arg) => arg instanceof GpuStorage ? arg.id : arg);
    this.#bridge.post({ type: "launch", program: number, out: out.id, grid, args: values, purpose: this.#purpose!() });
    return out;
  }

  /** The value of an expression for each element of the operands, which have one shape. Default: for all of them. */
  map(expression: string, operands: Operands, numbers: Numbers = {}, length = sizeOf(shapeOf(operands))): GpuStorage {
    const used = usedIn(expression, operands);
    if (length === 0) return this.write([]);
    const { shape, strides } = stepped(walk(Object.values(used)));
    const program = this.#program(`${expression} of`, used, numbers, shape, length, (signature) => {
      return mapProgram(expression, signature);
    });
    const views = Object.entries(used).map(([name, view], i) => viewArguments(name, view, strides[i]!));
    return this.launch(program, [length], Object.assign({}, ...views, sizeArguments(shape), numbers));
  }

  /** Folds the values of an expression over the last `axes` axes of the operands. */
  fold(fold: Fold, expression: string, operands: Operands, axes = 1, numbers: Numbers = {}): GpuStorage {
    const used = usedIn(expression, operands);
    const whole = shapeOf(operands);
    const cut = whole.length - axes;
    const length = sizeOf(whole.slice(0, cut));
    const count = sizeOf(whole.slice(cut));
    if (length === 0) return this.write([]);
    if (count === 0) return this.full(length, fold === "sum" ? 0 : -Infinity);
    const inner = walk(Object.values(used), cut);
    if (inner.shape.length > 1) { // the program steps through folded elements in even steps
      const values = contiguous(this.map(expression, operands, numbers), [length, count]);
      return this.fold(fold, "x", { x: values });
    }
    const { shape, strides } = stepped(walk(Object.values(used), 0, cut));
    const parts = count > PARTS ? Math.ceil(Math.sqrt(count)) : 1;
    const program = this.#program(`${fold} ${expression} of`, used, numbers, shape, length * parts, (signature) => {
      return foldProgram(fold, expression, signature);
    });
    const views = Object.entries(used).map(([name, view], i) => {
      return viewArguments(name, view, strides[i]!, inner.strides[i]![0] ?? 0);
    });
    const folding = { count, parts, steps: Math.ceil(count / parts), lowest: -Infinity };
    const args = Object.assign({}, ...views, sizeArguments(shape), folding, numbers);
    const out = this.launch(program, [length * parts], args);
    return parts === 1 ? out : this.fold(fold, "x", { x: contiguous(out, [length, parts]) });
  }

  /** `length` times the same number. */
  full(length: number, value: number): GpuStorage {
    return this.launch(FULL, [length], { value });
  }

  /** The numbers 0, 1, …, `length` − 1. */
  counting(length: number): View {
    return contiguous(this.launch(COUNTING, [length], {}), [length]);
  }

  /** A row-major copy of a view. */
  contiguous(view: View): View {
    return contiguous(this.map("x", { x: view }), view.shape);
  }

  /** The program for an expression, made on first use. */
  #program(
    what: string,
    operands: Operands,
    numbers: Numbers,
    { length: rank }: Shape,
    elements: number,
    make: (signature: Signature) => Program,
  ): Program {
    const [names, parameters, large] = [Object.keys(operands), Object.keys(numbers), elements > SMALL];
    return this.cached(`${what} ${names} with ${parameters}, rank ${rank}, large ${large}`, () => {
      return make({ names, parameters, rank, large });
    });
  }

  /** The program for a key, made on first use. */
  cached(key: string, make: () => Program): Program {
    let program = this.#made.get(key);
    if (program === undefined) this.#made.set(key, program = make());
    return program;
  }
}

const FULL = program(
  function (value: number) { // gpu.js takes no arrow functions
    return value;
  },
  { value: "Float" },
);
const COUNTING = program(
  function (this: Thread) {
    return this.thread.x;
  },
  {},
);

/** The shape that all operands have. */
function shapeOf(operands: Operands): Shape {
  return Object.values(operands)[0]!.shape;
}

/** The operands that occur in an expression. If none does, the first operand, which gives the shape. */
function usedIn(expression: string, operands: Operands): Operands {
  const used = Object.entries(operands).filter(([name]) => new RegExp(`\\b${name}\\b`).test(expression));
  return Object.fromEntries(used.length > 0 ? used : Object.entries(operands).slice(0, 1));
}

/** The same walk with at least one axis. */
function stepped(walk: Walk): Walk {
  return walk.shape.length > 0 ? walk : { shape: [1], strides: walk.strides.map(() => [0]) };
}

/** "matmul of [2, 3] and [3, 4]", "binary add of [2] and [2]" */
function purpose(kernel: string, args: readonly unknown[]): string {
  const operation = typeof args[0] === "string" ? `${kernel} ${args[0]}` : kernel;
  const shapes = args.filter((arg): arg is View => typeof arg === "object" && arg !== null && "shape" in arg)
    .map(({ shape }) => `[${shape.join(", ")}]`);
  return shapes.length === 0 ? operation : `${operation} of ${shapes.join(" and ")}`;
}
