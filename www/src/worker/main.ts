// The worker: one run from bytes to a report, then answers. It knows nothing of the page.
import { initSync, last_panic, Session, sample_capture } from "../../pkg/wiresift.js";
import type { Failure, Finished, FromWorker, Progress, Question, Refusal, Source, ToWorker } from "../lib/protocol";
import { Fetcher, type Helper } from "./fetcher";
import { spawnHelper } from "./helper";
import { type ReadError, readSlices, SLICE_BYTES } from "./reader";

/** Milliseconds between two progress messages: faster than an eye follows, slow enough to cost nothing. */
const PROGRESS_INTERVAL = 80;

/** Bytes given to the wasm at once: they stay in the processor's cache between being copied and being read. */
const PIECE_BYTES = 256 * 1024;

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  close(): void;
};

let session: Session | null = null;
let memory: WebAssembly.Memory | null = null;
let progress: Progress = { step: "reading", bytes: 0, total: 0, packets: 0, flows: 0 };

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case "start":
      return void start(data);
    case "warm-up":
      return void warmUp(data.module);
    case "ask":
      return ask(data.run, data.id, data.question);
  }
};

/**
 * Analyses the sample for nobody, and ends. A browser translates wasm in a hurry first and well only when it has seen
 * it at work, for all threads of the page: a first run would spend more time on that than on its capture.
 */
async function warmUp(module: WebAssembly.Module): Promise<void> {
  try {
    initSync({ module });
    const sample = sample_capture();
    for (let i = 0; i < 2; i += 1) {
      const session = new Session({}, 0n, 0n);
      session.begin_file("");
      for (const piece of pieces(sample)) session.push(piece);
      session.finish();
      session.free();
      // The better code is made meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    scope.close();
  }
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

async function start({ run, module, source, settings, trapAtPacket }: ToWorker & { type: "start" }): Promise<void> {
  try {
    memory = initSync({ module }).memory;
    scope.postMessage({ type: "alive", run });
    const [low, high] = crypto.getRandomValues(new BigUint64Array(2));
    session = new Session(settings, low ?? 0n, high ?? 0n);
    await read(run, session, source, trapAtPacket);
    tell(run, { step: "detecting" });
    // Lets the message go out before the thread is busy for a while.
    await new Promise((resolve) => setTimeout(resolve));
    const report = session.finish() as Finished["report"];
    scope.postMessage({ type: "finished", run, finished: { report, columns: session.columns() } });
  } catch (cause) {
    fail(run, cause);
  }
}

function tell(run: number, change: Partial<Progress>): void {
  progress = { ...progress, ...change };
  scope.postMessage({ type: "progress", run, progress });
}

async function read(run: number, session: Session, source: Source, trapAtPacket: number | undefined): Promise<void> {
  const files: { name: string; blob: Blob }[] =
    source.kind === "files"
      ? source.files.map((file) => ({ name: file.name, blob: file }))
      : [{ name: "sample.pcap", blob: new Blob([sample_capture() as Uint8Array<ArrayBuffer>]) }];
  tell(run, { total: files.reduce((sum, { blob }) => sum + blob.size, 0) });
  let told = performance.now();
  let before = 0;
  const fetcher = new Fetcher(() => spawnHelper() as unknown as Helper);
  try {
    for (const { name, blob } of files) {
      session.begin_file(name);
      let taken = 0;
      const take = (bytes: Uint8Array) => {
        for (const piece of pieces(bytes)) {
          session.push(piece);
          taken += piece.length;
          const now = performance.now();
          if (now - told < PROGRESS_INTERVAL && taken !== blob.size && trapAtPacket === undefined) continue;
          told = now;
          const { packets, flows } = session.progress() as Pick<Progress, "packets" | "flows">;
          progress = { ...progress, bytes: before + taken, packets, flows };
          if (trapAtPacket !== undefined && packets >= trapAtPacket) session.trap();
          tell(run, {});
        }
      };
      try {
        // For what is asked once a second thread is no use.
        await (blob.size > SLICE_BYTES ? readSlices(blob, take, fetcher.fetch) : readSlices(blob, take));
      } catch (cause) {
        if ((cause as ReadError).name !== "read") throw cause;
        session.fail_file((cause as ReadError).message);
      }
      before += blob.size;
    }
  } finally {
    fetcher.stop();
  }
}

function ask(run: number, id: number, question: Question): void {
  try {
    if (session === null) throw new Error("there is no run");
    const value = answer(session, question);
    const transfer = value instanceof Uint8Array ? [value.buffer] : [];
    scope.postMessage({ type: "answer", run, id, value }, transfer);
  } catch (cause) {
    if (isTrap(cause)) fail(run, cause);
    else scope.postMessage({ type: "refusal", run, id, refusal: refusalOf(cause) });
  }
}

function answer(session: Session, question: Question): unknown {
  switch (question.name) {
    case "redetect":
      return { report: session.redetect(question.settings), columns: session.columns() };
    case "select":
      return { ...session.select(question.query), first: session.rows(0, question.count) };
    case "rows":
      return session.rows(question.start, question.count);
    case "position":
      return session.position(question.row);
    case "explain":
      return session.explain(question.row);
    case "export":
      return question.kind === "report_json" ? session.report_json() : session.export(question.kind);
  }
}

/** The wasm stopped for good; a RangeError is its stack running over. */
function isTrap(cause: unknown): boolean {
  return cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError;
}

function refusalOf(cause: unknown): Refusal {
  if (!(cause instanceof Error)) return { name: "error", message: String(cause) };
  const position = (cause as { position?: unknown }).position;
  return { name: cause.name, message: cause.message, ...(typeof position === "number" ? { position } : {}) };
}

/** Bytes of wasm memory above which a trap without a panic is memory running out: the ceiling is 4 GiB. */
const NEARLY_FULL = 3.5 * 1024 ** 3;

function fail(run: number, cause: unknown): void {
  const { bytes, packets } = progress;
  scope.postMessage({ type: "failed", run, failure: { ...failureOf(cause), bytes, packets } });
}

function failureOf(cause: unknown): Pick<Failure, "kind" | "message"> {
  const { message } = refusalOf(cause);
  if (!isTrap(cause)) return { kind: "refused", message };
  const panic = panicText();
  if (panic === undefined && (memory?.buffer.byteLength ?? 0) > NEARLY_FULL) {
    return { kind: "memory", message: "the analysis needs more memory than a page may have" };
  }
  return { kind: "trap", message: panic ?? message };
}

function panicText(): string | undefined {
  try {
    return last_panic();
  } catch {
    // The trap left nothing that could be asked.
    return undefined;
  }
}
