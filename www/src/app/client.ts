// Owns the worker: the only module that posts to it and listens to it. One run, one worker: a run that ends by cancel
// or by a trap takes its worker with it, and the next begins with fresh memory.

import type { Settings } from "../lib/catalogue";
import type {
  Failure,
  Finished,
  FromWorker,
  Glimpse,
  Intake,
  Progress,
  QuestionName,
  Questions,
  Refusal,
  RetrievalProgress,
  SideFile,
  Source,
  ToWorker,
} from "../lib/protocol";
import { Scouting } from "./scouting";

/** The part of a Worker that is used here. */
export interface Port {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: { data: FromWorker }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?: () => void }) => void) | null;
  onmessageerror: ((event: unknown) => void) | null;
}

export interface ClientEvents {
  onProgress(progress: Progress): void;
  /** What a look at the beginning shows while all is read. */
  onGlimpse(glimpse: Glimpse): void;
  onFinished(finished: Finished, intake: Intake): void;
  onFailure(failure: Failure): void;
}

export interface ClientOptions {
  spawn: () => Port;
  module: () => Promise<WebAssembly.Module>;
  events: ClientEvents;
  /** Milliseconds after which a worker that has not said a word counts as not started. */
  patience?: number;
  trapAtPacket?: () => number | undefined;
}

/** The run a question belonged to is gone, or the question was taken back. */
export class GoneError extends Error {
  constructor() {
    super("this run has ended");
    this.name = "gone";
  }
}

/** The worker says no and goes on. */
export class RefusedError extends Error {
  readonly position: number | undefined;
  constructor({ name, message, position }: Refusal) {
    super(message);
    this.name = name;
    this.position = position;
  }
}

interface Pending {
  resolve: (value: never) => void;
  reject: (cause: Error) => void;
  tell: ((progress: RetrievalProgress) => void) | undefined;
}

export interface Watch {
  signal?: AbortSignal;
  tell?: ((progress: RetrievalProgress) => void) | undefined;
}

export type ClientState = "idle" | "starting" | "running" | "ready";

export class Client {
  #options: ClientOptions;
  #port: Port | null = null;
  /** The worker that analyses for nobody. */
  #warming: Port | null = null;
  #scouting: Scouting | null = null;
  #run = 0;
  #state: ClientState = "idle";
  #asked = 0;
  #pending = new Map<number, Pending>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Begins a run and ends the one before; gives the run's number. */
  analyse(source: Source, settings: Settings, side: SideFile[] = []): number {
    this.#end();
    this.#run += 1;
    const run = this.#run;
    this.#state = "starting";
    this.#warming?.terminate();
    this.#warming = null;
    void this.#start(run, source, settings, side);
    return run;
  }

  /** Ends the run at once, whatever its worker is doing. */
  cancel(): void {
    this.#end();
  }

  /** Holds the reading, goes on with it, or ends it with what was read. */
  steer(type: "pause" | "resume" | "enough"): void {
    if (this.#state === "running") this.#port?.postMessage({ type, run: this.#run });
  }

  /**
   * Has a worker of its own analyse the sample for nobody: the next run finds the wasm translated well. It ends itself,
   * or when a run begins, which wants its core.
   */
  async warmUp(): Promise<void> {
    try {
      const module = await this.#options.module();
      if (this.#state !== "idle") return;
      this.#warming = this.#options.spawn();
      this.#warming.postMessage({ type: "warm-up", module });
    } catch {
      // The first run says what is wrong.
    }
  }

  /** Asks the worker of a finished run. What takes long may be watched, and stopped by the signal. */
  ask<K extends QuestionName>(
    name: K,
    takes: Questions[K]["takes"],
    watch: Watch = {},
  ): Promise<Questions[K]["gives"]> {
    const port = this.#port;
    if (port === null || this.#state !== "ready" || watch.signal?.aborted) return Promise.reject(new GoneError());
    const run = this.#run;
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: never) => void, reject, tell: watch.tell });
      port.postMessage({ type: "ask", run, id, question: { name, ...takes } as never });
      watch.signal?.addEventListener("abort", () => {
        // Stopped here at once; the worker hears of it between two slices.
        const pending = run === this.#run ? this.#take(id) : undefined;
        if (pending === undefined) return;
        this.#port?.postMessage({ type: "stop", run, id });
        pending.reject(new GoneError());
      });
    });
  }

  async #start(run: number, source: Source, settings: Settings, side: SideFile[]): Promise<void> {
    let module: WebAssembly.Module;
    try {
      module = await this.#options.module();
    } catch (cause) {
      if (run === this.#run) this.#fail({ kind: "wasm", message: text(cause), bytes: 0, packets: 0 });
      return;
    }
    if (run !== this.#run || this.#state !== "starting") return;
    const startFailed = (message: string) => this.#fail({ kind: "start", message, bytes: 0, packets: 0 });
    try {
      const port = this.#options.spawn();
      this.#port = port;
      const scout = () => {
        const port = this.#options.spawn();
        port.postMessage({ type: "scout", module, source, settings, side });
        return port;
      };
      this.#scouting = new Scouting(scout, (glimpse) => this.#options.events.onGlimpse(glimpse));
      port.onmessage = (event) => this.#hear(run, event.data);
      port.onmessageerror = () => run === this.#run && startFailed("a message could not be read");
      port.onerror = (event) => {
        if (run !== this.#run) return;
        event.preventDefault?.();
        const message = event.message || "the browser did not start it";
        if (this.#state === "starting") startFailed(message);
        else this.#fail({ kind: "trap", message, bytes: 0, packets: 0 });
      };
      const patience = this.#options.patience ?? 20_000;
      this.#timer = setTimeout(() => {
        if (run === this.#run && this.#state === "starting") startFailed(`no answer within ${patience / 1000} s`);
      }, patience);
      const trapAtPacket = this.#options.trapAtPacket?.();
      port.postMessage({
        type: "start",
        run,
        module,
        source,
        settings,
        side,
        ...(trapAtPacket === undefined ? {} : { trapAtPacket }),
      });
    } catch (cause) {
      if (run === this.#run) startFailed(text(cause));
    }
  }

  #hear(run: number, message: FromWorker): void {
    // What a worker says after its run was replaced or cancelled is not heard.
    if (message.type === "glimpse" || message.run !== run) return;
    if (run !== this.#run || this.#port === null) return;
    const { events } = this.#options;
    switch (message.type) {
      case "alive":
        this.#state = "running";
        clearTimeout(this.#timer);
        return;
      case "progress":
        this.#scouting?.watch(message.progress);
        events.onProgress(message.progress);
        return;
      case "finished":
        this.#state = "ready";
        this.#scouting?.stop();
        events.onFinished(message.finished, message.intake);
        return;
      case "retrieving":
        this.#pending.get(message.id)?.tell?.(message.progress);
        return;
      case "answer":
        this.#take(message.id)?.resolve(message.value as never);
        return;
      case "refusal":
        this.#take(message.id)?.reject(new RefusedError(message.refusal));
        return;
      case "failed":
        this.#fail(message.failure);
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #fail(failure: Failure): void {
    this.#end();
    this.#options.events.onFailure(failure);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#scouting?.stop();
    this.#scouting = null;
    if (this.#port !== null) {
      this.#port.onmessage = null;
      this.#port.onerror = null;
      this.#port.onmessageerror = null;
      this.#port.terminate();
      this.#port = null;
    }
    this.#state = "idle";
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(new GoneError());
  }
}

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
