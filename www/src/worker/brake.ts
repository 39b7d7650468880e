// Lets the reading be held, and ended where it is, from outside.

/** The reader was told that what has been read is enough. */
export class Enough extends Error {
  constructor() {
    super("stopped by the user");
  }
}

export class Brake {
  #held: Promise<void> | undefined;
  #release: (() => void) | undefined;
  #isEnough = false;
  #end: ((cause: Enough) => void) | undefined;
  /** Rejects when the reading is to end: whoever waits for bytes that do not come hears of it. */
  readonly ended: Promise<never>;

  constructor() {
    this.ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    // Nobody may be waiting.
    this.ended.catch(() => {});
  }

  /** Holds the reading at the next slice. */
  pause(): void {
    if (this.#isEnough || this.#held !== undefined) return;
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  resume(): void {
    this.#release?.();
    this.#held = this.#release = undefined;
  }

  /** Ends the reading at the next slice, a held one at once. */
  stop(): void {
    this.#isEnough = true;
    this.#end?.(new Enough());
    this.resume();
  }

  get isEnough(): boolean {
    return this.#isEnough;
  }

  /** Settles when the reading may go on; rejects with `Enough` when it is to end. Nothing where it need not wait. */
  pass(): Promise<void> | undefined {
    if (this.#isEnough) throw new Enough();
    return this.#held?.then(() => this.pass());
  }
}
