// The worker: one run from bytes to a report, then answers. It knows nothing of the page.
import { first_time, initSync, is_capture, last_panic, Session, sample_capture } from "../../pkg/wiresift.js";
import type {
  Failure,
  Finished,
  FromWorker,
  Intake,
  Progress,
  Question,
  Refusal,
  SideFile,
  Source,
  ToWorker,
} from "../lib/protocol";
import { Brake, Enough } from "./brake";
import { Fetcher, type Helper } from "./fetcher";
import { spawnHelper } from "./helper";
import { type Ordered, order } from "./order";
import { Pieces, ReadError, readRange, readSlices, SLICE_BYTES } from "./reader";
import { retrieve, Stopped } from "./retrieve";
import { scout } from "./scout";

/** Milliseconds between two progress messages: faster than an eye follows, slow enough to cost nothing. */
const PROGRESS_INTERVAL = 80;

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  close(): void;
};

let session: Session | null = null;
let memory: WebAssembly.Memory | null = null;
/** The files in reading order: packets are read from them again. */
let files: Ordered[] = [];
let progress: Progress = { step: "looking", looked: 0, files: 0, bytes: 0, total: 0, packets: 0, flows: 0 };
const brake = new Brake();
/** Questions that were taken back. */
const stopped = new Set<number>();

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case "start":
      return void start(data);
    case "warm-up":
      return void warmUp(data.module);
    case "scout":
      return void glance(data);
    case "stop":
      return void stopped.add(data.id);
    case "pause":
      return brake.pause();
    case "resume":
      return brake.resume();
    case "enough":
      return brake.stop();
    case "ask":
      return void ask(data.run, data.id, data.question);
  }
};

/** Analyses of the warm-up: after fewer a first run is a tenth slower, after more no faster. */
const ROUNDS = 8;

/**
 * Analyses the sample for nobody, and ends. A browser translates wasm in a hurry first and well only when it has seen
 * it at work, for all threads of the page: a first run would spend more time on that than on its capture.
 */
async function warmUp(module: WebAssembly.Module): Promise<void> {
  try {
    initSync({ module });
    const sample = sample_capture();
    for (let i = 0; i < ROUNDS; i += 1) {
      const session = new Session({}, 0n, 0n);
      session.begin_file("");
      new Pieces().each(sample, (piece) => session.push(piece));
      session.finish();
      session.free();
      // The better code is made meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    scope.close();
  }
}

/** Looks at the beginning of what another worker reads, and ends. */
async function glance({ module, source, settings, side }: ToWorker & { type: "scout" }): Promise<void> {
  try {
    if (source.kind !== "files") return;
    initSync({ module });
    const { files } = await order(source.files, { isCapture: is_capture, firstTime: first_time }, () => {});
    const make = async () => {
      const session = new Session(settings, 0n, 0n);
      await addSideFiles(session, side);
      return session;
    };
    await scout(files, make, (glimpse) => scope.postMessage({ type: "glimpse", glimpse }));
  } finally {
    scope.close();
  }
}

/** No file of the folders is a capture. */
class Nothing extends Error {}

async function start({
  run,
  module,
  source,
  settings,
  side,
  trapAtPacket,
}: ToWorker & { type: "start" }): Promise<void> {
  // Beside what comes before the reading. For what is asked once a second thread is no use.
  const isBig = source.kind === "files" && source.files.some(({ file }) => file.size > SLICE_BYTES);
  const fetcher = isBig ? new Fetcher(() => spawnHelper() as unknown as Helper) : undefined;
  try {
    memory = initSync({ module }).memory;
    scope.postMessage({ type: "alive", run });
    const [low, high] = crypto.getRandomValues(new BigUint64Array(2));
    session = new Session(settings, low ?? 0n, high ?? 0n);
    const intake = await look(run, source);
    const problem = await addSideFiles(session, side);
    let busy = await read(run, session, fetcher, trapAtPacket);
    fetcher?.stop();
    tell(run, { step: "detecting" });
    // Lets the message go out before the thread is busy for a while.
    await new Promise((resolve) => setTimeout(resolve));
    const begun = performance.now();
    const report = session.finish() as Finished["report"];
    busy += performance.now() - begun;
    scope.postMessage({
      type: "finished",
      run,
      finished: { report, columns: session.columns(), ...problem },
      intake,
      busy,
    });
  } catch (cause) {
    fail(run, cause);
  } finally {
    fetcher?.stop();
  }
}

function tell(run: number, change: Partial<Progress>): void {
  progress = { ...progress, ...change };
  scope.postMessage({ type: "progress", run, progress });
}

/** Finds the files to read and their order. */
async function look(run: number, source: Source): Promise<Intake> {
  if (source.kind === "sample") {
    const blob = new Blob([sample_capture() as Uint8Array<ArrayBuffer>]);
    files = [{ path: "sample.pcap", blob }];
    return { paths: ["sample.pcap"], ignored: [], ignoredCount: 0 };
  }
  let told = performance.now();
  const found = await order(source.files, { isCapture: is_capture, firstTime: first_time }, (looked) => {
    const now = performance.now();
    if (now - told < PROGRESS_INTERVAL) return;
    told = now;
    tell(run, { looked, files: source.files.length });
  });
  const { ignored, ignoredCount } = found.intake;
  if (found.files.length === 0) {
    const names = ignored.slice(0, 3).join(", ");
    throw new Nothing(`${ignoredCount} looked at, none begins as a capture does: ${names}`);
  }
  files = found.files;
  return found.intake;
}

/** Reads the files; gives the milliseconds that the analysis took of it, without waiting for bytes. */
async function read(
  run: number,
  session: Session,
  fetcher: Fetcher | undefined,
  trapAtPacket: number | undefined,
): Promise<number> {
  tell(run, { step: "reading", total: files.reduce((sum, { blob }) => sum + blob.size, 0) });
  let told = performance.now();
  let before = 0;
  let busy = 0;
  for (const { path, blob } of files) {
    session.begin_file(path.slice(path.lastIndexOf("/") + 1));
    if (brake.isEnough) {
      session.fail_file(new Enough().message);
      continue;
    }
    const pieces = new Pieces();
    let taken = 0;
    const look = () => {
      const { packets, flows } = session.progress() as Pick<Progress, "packets" | "flows">;
      progress = { ...progress, bytes: before + taken, packets, flows };
      if (trapAtPacket !== undefined && packets >= trapAtPacket) session.trap();
    };
    const take = (bytes: Uint8Array) => {
      if (brake.isEnough) throw new Enough();
      const begun = performance.now();
      pieces.each(bytes, (piece) => {
        session.push(piece);
        taken += piece.length;
        const now = performance.now();
        if (now - told < PROGRESS_INTERVAL && trapAtPacket === undefined) return;
        look();
        told = now;
        tell(run, {});
      });
      busy += performance.now() - begun;
      const held = brake.pass();
      if (held !== undefined) {
        look();
        tell(run, { bytes: before + taken });
      }
      return held;
    };
    try {
      const reading = blob.size > SLICE_BYTES ? readSlices(blob, take, fetcher?.fetch) : readSlices(blob, take);
      await Promise.race([reading, brake.ended]);
    } catch (cause) {
      if (!(cause instanceof ReadError || cause instanceof Enough)) throw cause;
      if (cause instanceof ReadError && cause.isChanged) session.change_file(cause.message);
      else session.fail_file(cause.message);
    }
    look();
    before += blob.size;
    tell(run, { bytes: before });
  }
  return busy;
}

async function ask(run: number, id: number, question: Question): Promise<void> {
  try {
    if (session === null) throw new Error("there is no run");
    const value =
      question.name === "retrieve"
        ? await again(run, id, session, question)
        : question.name === "enrich"
          ? await enrich(session, question.side)
          : answer(session, question);
    const transfer = value instanceof Uint8Array ? [value.buffer] : [];
    scope.postMessage({ type: "answer", run, id, value }, transfer);
  } catch (cause) {
    if (cause instanceof Stopped) return;
    if (isTrap(cause)) fail(run, cause);
    else scope.postMessage({ type: "refusal", run, id, refusal: refusalOf(cause) });
  } finally {
    stopped.delete(id);
  }
}

function again(run: number, id: number, session: Session, question: Question & { name: "retrieve" }) {
  return retrieve(session, files, question, {
    tell: (progress) => scope.postMessage({ type: "retrieving", run, id, progress }),
    isStopped: () => stopped.has(id),
  });
}

/**
 * Hands the files beside the capture to the core: each is small enough to be read whole. One that is not what it was is no
 * reason to end the run: then there are none, and what is wrong is given.
 */
async function addSideFiles(session: Session, side: SideFile[]): Promise<Pick<Finished, "sideProblem">> {
  session.clear_side_files();
  let current = "";
  try {
    for (const { kind, name, file, map } of side) {
      current = name;
      session.add_side_file(kind, name, await readRange(file, 0, file.size), map);
    }
    return {};
  } catch (cause) {
    if (isTrap(cause)) throw cause;
    session.clear_side_files();
    return { sideProblem: `${current}: ${refusalOf(cause).message}` };
  }
}

async function enrich(session: Session, side: SideFile[]): Promise<Finished> {
  const problem = await addSideFiles(session, side);
  return { report: session.enrich() as Finished["report"], columns: session.columns(), ...problem };
}

function answer(session: Session, question: Exclude<Question, { name: "retrieve" | "enrich" }>): unknown {
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
    case "filters":
      return session.filters(question.selection);
    case "scatter":
      return session.scatter(question.across, question.up);
    case "table":
      return session.table(question.selection, question.format);
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
  if (cause instanceof Nothing) return { kind: "nothing", message };
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
