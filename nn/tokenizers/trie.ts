/** A node of the tree: the value of the name that ends here, and the nodes for the next character. */
interface Node<T> {
  value?: T;
  readonly next: Map<number, Node<T>>;
}

/**
 * A tree of names by their characters. Finding the longest name at a position of a text takes at most as many steps as
 * the name has characters, however many names there are.
 *
 * @example
 * ```ts
 * import { Trie } from "nabla/nn/tokenizers/trie.ts";
 * import assert from "node:assert/strict";
 *
 * const trie = new Trie<number>();
 * trie.add("<end>", 1);
 * trie.add("<end><of>", 2);
 * assert.deepEqual(trie.longestAt("a<end><of>", 1), { value: 2, end: 10 });
 * assert.equal(trie.longestAt("a<end><of>", 0), undefined);
 * ```
 */
export class Trie<T> {
  readonly #root: Node<T> = { next: new Map() };

  /** Adds a name, or replaces the value of an existing one. */
  add(name: string, value: T): void {
    let node = this.#root;
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i);
      let next = node.next.get(unit);
      if (next === undefined) node.next.set(unit, next = { next: new Map() });
      node = next;
    }
    node.value = value;
  }

  /** The longest name in the text at `start` whose value is accepted, and where it ends; `undefined` if there is none. */
  longestAt(text: string, start: number, accept: (value: T) => boolean = () => true): Match<T> | undefined {
    let node: Node<T> | undefined = this.#root;
    let longest: Match<T> | undefined;
    for (let end = start; node !== undefined; node = node.next.get(text.charCodeAt(end++))) {
      if (node.value !== undefined && end > start && accept(node.value)) longest = { value: node.value, end };
    }
    return longest;
  }
}

/** A name that was found. */
export interface Match<T> {
  /** Its value. */
  readonly value: T;
  /** Where it ends. */
  readonly end: number;
}
