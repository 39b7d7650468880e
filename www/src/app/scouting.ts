// When a second worker looks at the beginning of what a first one reads, and until when.
import { partsOf } from "../lib/parts";
import type { Glimpse, Progress } from "../lib/protocol";
import type { Port } from "./client";

/** Milliseconds of reading between two thoughts of a look. */
const EVERY = 1000;

/** Milliseconds that the reading will take from now on at least, for a look to be worth the core it takes. */
const LEAST_LEFT = 4000;

/** One run's look ahead. Whatever goes wrong with it is no matter of the run's. */
export class Scouting {
  #begun: () => Port;
  #tell: (glimpse: Glimpse) => void;
  #port: Port | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #begunAt = 0;
  #latest: Progress | undefined;
  #isDone = false;

  /** `begun` gives a worker that was told to look. */
  constructor(begun: () => Port, tell: (glimpse: Glimpse) => void) {
    this.#begun = begun;
    this.#tell = tell;
  }

  /** Hears how far the run is: the look begins when much is left, and ends with the reading. */
  watch(progress: Progress): void {
    if (progress.step === "detecting") this.stop();
    if (this.#isDone || progress.step !== "reading" || partsOf(progress.total).length === 0) return;
    this.#latest = progress;
    if (this.#timer !== undefined) return;
    this.#begunAt = performance.now();
    this.#timer = setInterval(() => this.#consider(), EVERY);
  }

  stop(): void {
    this.#isDone = true;
    clearInterval(this.#timer);
    this.#port?.terminate();
    this.#port = null;
  }

  #consider(): void {
    const { bytes, total } = this.#latest ?? { bytes: 0, total: 0 };
    const spent = performance.now() - this.#begunAt;
    if (bytes > 0 && ((total - bytes) / bytes) * spent < LEAST_LEFT) return;
    clearInterval(this.#timer);
    this.#begin();
  }

  #begin(): void {
    try {
      const port = this.#begun();
      this.#port = port;
      port.onmessage = ({ data }) => {
        if (data.type === "glimpse" && !this.#isDone) this.#tell(data.glimpse);
      };
      port.onerror = (event) => {
        event.preventDefault?.();
        this.stop();
      };
    } catch {
      this.stop();
    }
  }
}
