// The rows of the table that are here, in blocks; the rest stays in the worker until it is scrolled to.
import type { Row } from "../lib/table";

export const BLOCK = 128;
/** Blocks kept: some screens up and down from where one is. */
const KEPT = 64;

export class RowCache {
  #blocks = new Map<number, Row[] | "asked">();
  #generation = 0;
  readonly #ask: (start: number, count: number) => Promise<Row[]>;
  readonly #arrived: () => void;

  constructor(ask: (start: number, count: number) => Promise<Row[]>, arrived: () => void) {
    this.#ask = ask;
    this.#arrived = arrived;
  }

  /** Another selection: its first rows are known, nothing else is. */
  reset(first: Row[]): void {
    this.#generation += 1;
    this.#blocks.clear();
    if (first.length > 0) this.#blocks.set(0, first.slice(0, BLOCK));
  }

  /** The row at a place; undefined while its block is on its way. */
  at(place: number): Row | undefined {
    const index = Math.floor(place / BLOCK);
    const block = this.#blocks.get(index);
    if (block === undefined) this.#fetch(index);
    return block === undefined || block === "asked" ? undefined : block[place % BLOCK];
  }

  #fetch(index: number): void {
    const generation = this.#generation;
    this.#blocks.set(index, "asked");
    this.#ask(index * BLOCK, BLOCK).then(
      (rows) => {
        if (generation !== this.#generation) return;
        this.#blocks.set(index, rows);
        this.#forgetOldest();
        this.#arrived();
      },
      () => {
        // The run is gone, or the next look asks again.
        if (generation === this.#generation) this.#blocks.delete(index);
      },
    );
  }

  #forgetOldest(): void {
    for (const [index, block] of this.#blocks) {
      if (this.#blocks.size <= KEPT) return;
      if (block !== "asked") this.#blocks.delete(index);
    }
  }
}
