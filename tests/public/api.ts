/** The library's exports, according to its own documentation: every function, class and method, and its parameters. */

import { join } from "node:path";
import { projectFolder } from "../../tools/project.ts";

/** The kinds of values that a parameter or an option accepts. */
export type Kind =
  | "anything"
  | "boolean"
  | "function"
  | "instance"
  | "list"
  | "null"
  | "number"
  | "record"
  | "string"
  | "undefined";

/** A type as the documentation states it. */
export interface Type {
  readonly kinds: ReadonlySet<Kind>;
  /** The strings that are allowed, where the type names them. */
  readonly literals: readonly string[];
  /** The members of an interface of options. */
  readonly members?: ReadonlyMap<string, Slot>;
}

/** A parameter or an option. */
export interface Slot {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: Type;
}

/** A function, a constructor (`nn.Linear`), a static method (`Tensor.from`) or a method (`Tensor#sum`). */
export interface Callable {
  readonly name: string;
  /** Undefined for a function that takes any number of arguments. */
  readonly parameters: readonly Slot[] | undefined;
  /** Whether its documentation has an example; a method without one may rely on its class's. */
  readonly hasExample: boolean;
}

// The parts of `deno doc --json` that are read here.
interface DocType {
  readonly kind: string;
  readonly value?: unknown;
}
interface DocParameter {
  readonly kind: string;
  readonly name?: string;
  readonly optional?: boolean;
  readonly tsType?: DocType;
  readonly left?: DocParameter;
}
interface DocMember {
  readonly name: string;
  readonly kind?: string;
  readonly optional?: boolean;
  readonly isStatic?: boolean;
  readonly accessibility?: string;
  readonly tsType?: DocType;
  readonly params?: readonly DocParameter[];
  readonly functionDef?: { readonly params: readonly DocParameter[] };
  readonly jsDoc?: JsDoc;
}
interface JsDoc {
  readonly tags?: readonly { readonly kind: string }[];
}
interface Definition {
  readonly isAbstract?: boolean;
  readonly constructors?: readonly DocMember[];
  readonly methods?: readonly DocMember[];
  readonly properties?: readonly DocMember[];
  readonly params?: readonly DocParameter[];
  readonly tsType?: DocType;
  readonly extends?: readonly DocType[] | string;
}
interface Declaration {
  readonly kind: string;
  readonly def: Definition;
  readonly jsDoc?: JsDoc;
}
type DocFile = {
  readonly symbols: readonly { readonly name: string; readonly declarations: readonly Declaration[] }[];
};

/** The files that a program imports, and what their exports are called in it. */
const ENTRIES: Readonly<Record<string, string>> = { "mod.ts": "", "nn/mod.ts": "nn.", "nn/optim/mod.ts": "optim." };

/** Asks Deno for the documentation. */
async function documentation(): Promise<[prefix: string, file: DocFile][]> {
  const args = ["doc", "--json", ...Object.keys(ENTRIES)];
  const { stdout, success } = await new Deno.Command(Deno.execPath(), { args, cwd: projectFolder, stderr: "inherit" })
    .output();
  if (!success) throw new Error("deno doc --json failed");
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as { nodes: Record<string, DocFile> }; // as Deno 2.9 writes it
  return Object.entries(nodes).map(([url, file]) => {
    const entry = Object.keys(ENTRIES).find((entry) => url.endsWith(join(projectFolder, entry)))!;
    return [ENTRIES[entry]!, file];
  });
}

const files = await documentation();
const symbols = new Map(
  files.flatMap(([, file]) => file.symbols.map(({ name, declarations }) => [name, declarations] as const)),
);

const type = (kinds: readonly Kind[], literals: readonly string[] = []): Type => ({ kinds: new Set(kinds), literals });

/** Several types as one: what any of them accepts. */
function union(types: readonly Type[]): Type {
  const members = types.find((type) => type.members !== undefined)?.members;
  return {
    kinds: new Set(types.flatMap(({ kinds }) => [...kinds])),
    literals: types.flatMap(({ literals }) => literals),
    ...(members && { members }),
  };
}

/** Interfaces that hold all members of several. */
function intersection(types: readonly Type[]): Type {
  return { ...type(["record"]), members: new Map(types.flatMap(({ members }) => [...members ?? []])) };
}

/** The interfaces that a user fills in by hand. */
const OPTIONS = /(Options|Settings|Inputs|Rules|Cleaning|\wTraining)$/;

const LISTS = /^(Readonly)?(Array|ArrayLike|Iterable)$|Array$/;

/** What a type of the documentation accepts. */
function resolve(given: DocType | undefined): Type {
  if (given === undefined) return type(["anything"]);
  const { kind, value } = given;
  const inner = value as DocType & { readonly tsType: DocType }; // what it is depends on the kind
  switch (kind) {
    case "keyword":
      return ["number", "string", "boolean", "undefined", "null"].includes(String(value))
        ? type([value as Kind])
        : type(["anything"]);
    case "literal": {
      const literal = value as { readonly kind: Kind; readonly string?: string };
      return type([literal.kind], literal.string === undefined ? [] : [literal.string]);
    }
    case "union":
      return union((value as readonly DocType[]).map(resolve));
    case "intersection":
      return intersection((value as readonly DocType[]).map(resolve));
    case "array":
    case "tuple":
      return type(["list"]);
    case "parenthesized":
      return resolve(inner);
    case "typeOperator":
      return resolve(inner.tsType);
    case "fnOrConstructor":
      return type(["function"]);
    case "typeLiteral":
      return record(value as Definition);
    case "typeRef":
      return named(value as { readonly typeName: string; readonly typeParams?: readonly DocType[] });
    default:
      return type(["anything"]);
  }
}

function named(
  { typeName, typeParams = [] }: { readonly typeName: string; readonly typeParams?: readonly DocType[] },
): Type {
  const [first, second] = typeParams;
  if (typeName === "Readonly" || typeName === "Required") return resolve(first);
  if (typeName === "Partial") return members(resolve(first), (slot) => ({ ...slot, isOptional: true }));
  if (typeName === "Omit" || typeName === "Pick") {
    const names = resolve(second).literals;
    return members(resolve(first), (slot) => names.includes(slot.name) === (typeName === "Pick") ? slot : undefined);
  }
  if (typeName === "Record" || typeName === "Map") return type([typeName === "Map" ? "instance" : "record"]);
  if (LISTS.test(typeName)) return type(["list"]);
  const declaration = symbols.get(typeName)?.find(({ kind }) => ["class", "interface", "typeAlias"].includes(kind));
  if (declaration === undefined) return type(["anything"]); // a type parameter, or a type of the language
  if (symbols.get(typeName)!.some(({ kind }) => kind === "class")) return type(["instance"]);
  if (declaration.kind === "typeAlias") return resolve(declaration.def.tsType);
  const found = record(declaration.def);
  return OPTIONS.test(typeName) ? found : type([...found.kinds]); // a View, say, is made by the library, not by a user
}

/** An interface: options where it has properties alone, else an object that some class makes. */
function record({ properties = [], methods = [], extends: bases = [] }: Definition): Type {
  if (methods.length > 0) return type(["instance"]);
  const own = properties.map((property) => [property.name, slot(property.name, property)] as const);
  const inherited = typeof bases === "string" ? [] : bases.flatMap((base) => [...resolve(base).members ?? []]);
  return { ...type(["record"]), members: new Map([...inherited, ...own]) };
}

function members(given: Type, change: (slot: Slot) => Slot | undefined): Type {
  const kept = [...given.members ?? []].flatMap(([name, slot]) => {
    const changed = change(slot);
    return changed === undefined ? [] : [[name, changed] as const];
  });
  return { ...given, members: new Map(kept) };
}

function slot(name: string, { optional = false, tsType }: DocMember | DocParameter, isOptional = optional): Slot {
  return { name, isOptional, type: resolve(tsType) };
}

function parametersOf(params: readonly DocParameter[]): Slot[] | undefined {
  if (params.some(({ kind }) => kind === "rest")) return undefined;
  return params.map((param, i) =>
    param.kind === "assign"
      ? slot(param.left?.name ?? `parameter ${i}`, param.left ?? param, true)
      : slot(param.name ?? `parameter ${i}`, param)
  );
}

const exampleIn = (jsDoc: JsDoc | undefined) => jsDoc?.tags?.some(({ kind }) => kind === "example") ?? false;

function callablesOf(prefix: string, name: string, { kind, def, jsDoc }: Declaration): Callable[] {
  const hasExample = exampleIn(jsDoc);
  if (kind === "function") {
    return [{ name: prefix + name, parameters: parametersOf(def.params ?? []), hasExample }];
  }
  const isOperations = kind === "interface" && name.endsWith("Methods"); // what autograd/mod.ts adds to Tensor
  if (kind !== "class" && !isOperations) return [];
  const isCreation = name === "CreationMethods"; // its operations are static
  const owner = isOperations ? "Tensor" : prefix + name;
  // Only the library makes errors.
  const constructors = def.isAbstract === true || name.endsWith("Error") ? [] : def.constructors ?? [];
  const methods = (def.methods ?? []).filter(({ name, kind = "method", accessibility = "public" }) =>
    kind === "method" && accessibility === "public" && !name.startsWith("[") && name !== "toString"
  );
  return [
    ...constructors.map(({ params = [] }) => ({ name: owner, parameters: parametersOf(params), hasExample })),
    ...methods.map(({ name, isStatic = false, params, functionDef, jsDoc }) => ({
      name: `${owner}${isStatic || isCreation ? "." : "#"}${name}`,
      parameters: parametersOf(functionDef?.params ?? params ?? []),
      hasExample: exampleIn(jsDoc),
    })),
  ];
}

/** Everything that a program can call. */
export const CALLABLES: readonly Callable[] = files.flatMap(([prefix, file]) =>
  file.symbols.flatMap(({ name, declarations }) =>
    declarations.flatMap((declaration) => callablesOf(prefix, name, declaration))
  )
);
