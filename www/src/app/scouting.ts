// When a second worker looks at the beginning of what a first one reads, and until when.
import { partsOf } from "../lib/parts";
import type { Glimpse, Progress } from "../lib/protocol";
import type { Port } from "./client";

/** Milliseconds of reading before the look: what is read sooner needs none. */
const AFTER = 500;

/** One run's look ahead. Whatever goes wrong with it is no matter of the run's. */
export class Scouting {
  #begun: () => Port;
  #tell: (glimpse: Glimpse) => void;
  #port: Port | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDone = false;

  /** `begun` gives a worker that was told to look. */
  constructor(begun: () => Port, tell: (glimpse: Glimpse) => void) {
    this.#begun = begun;
    this.#tell = tell;
  }

  /** Hears how far the run is: the look begins after some reading, and ends with it. */
  watch({ step, total }: Progress): void {
    if (step === "detecting") this.stop();
    if (this.#isDone || this.#timer !== undefined || step !== "reading" || partsOf(total).length === 0) return;
    this.#timer = setTimeout(() => this.#begin(), AFTER);
  }

  stop(): void {
    this.#isDone = true;
    clearTimeout(this.#timer);
    this.#port?.terminate();
    this.#port = null;
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
