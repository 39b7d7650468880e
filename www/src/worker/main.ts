// The worker: one run from bytes to a report, then answers. It knows nothing of the page.
import { initSync, last_panic, Session, sample_capture } from "../../pkg/wiresift.js";
import type { Failure, Finished, FromWorker, Progress, Question, Refusal, Source, ToWorker } from "../lib/protocol";
import { type ReadError, readSlices, SLICE_BYTES } from "./reader";

/** Milliseconds between two progress messages: faster than an eye follows, slow enough to cost nothing. */
const PROGRESS_INTERVAL = 80;

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
};

let session: Session | null = null;
let memory: WebAssembly.Memory | null = null;
let progress: Progress = { step: "reading", bytes: 0, total: 0, packets: 0, flows: 0 };

scope.onmessage = ({ data }) => {
  if (data.type === "start") void start(data);
  else ask(data.run, data.id, data.question);
};

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
  for (const { name, blob } of files) {
    session.begin_file(name);
    let taken = 0;
    try {
      await readSlices(blob, (bytes) => {
        const { packets, flows } = session.push(bytes) as Pick<Progress, "packets" | "flows">;
        taken += bytes.length;
        progress = { ...progress, bytes: before + taken, packets, flows };
        if (trapAtPacket !== undefined && packets >= trapAtPacket) session.trap();
        const now = performance.now();
        if (now - told < PROGRESS_INTERVAL && bytes.length === SLICE_BYTES) return;
        told = now;
        tell(run, {});
      });
    } catch (cause) {
      if ((cause as ReadError).name !== "read") throw cause;
      session.fail_file((cause as ReadError).message);
    }
    before += blob.size;
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
