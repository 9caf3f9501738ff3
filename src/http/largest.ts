/** Knows which item has the largest count, in constant time, while counts change by one. */
export class Largest<Item> {
  readonly #counts = new Map<Item, number>();
  /** The items of each count above 0, the one that reached it first at the front. */
  readonly #items = new Map<number, Set<Item>>();
  #most = 0;

  /** Changes the count of an item, which starts at 0 and must not become negative. */
  change(item: Item, by: 1 | -1): void {
    const before = this.#counts.get(item) ?? 0;
    const after = before + by;
    const left = this.#items.get(before);
    left?.delete(item);
    if (left?.size === 0) this.#items.delete(before);
    if (after === 0) {
      this.#counts.delete(item);
    } else {
      this.#counts.set(item, after);
      const joined = this.#items.get(after);
      if (joined === undefined) this.#items.set(after, new Set([item]));
      else joined.add(item);
    }
    if (after > this.#most || (before === this.#most && !this.#items.has(before))) this.#most = after;
  }

  /** The item with the largest count; undefined when all counts are 0. */
  get item(): Item | undefined {
    return this.#items.get(this.#most)?.values().next().value;
  }
}
