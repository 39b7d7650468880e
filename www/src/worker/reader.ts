// Reads a file slice by slice. Never whole: a browser may hand over less than all of a big file without an error.

/** Bytes asked for at once: what a pause waits for, and what lies ready beyond it. */
export const SLICE_BYTES = 4 * 1024 * 1024;

/** Slices asked for and not yet taken. */
const AHEAD = 4;

/** Bytes kept of a file's beginning, to see at the end of the reading whether it is still the same file. */
const HEAD_BYTES = 64 * 1024;

/** The file gave fewer bytes than it has, or none. */
export class ReadError extends Error {
  override name = "read";
  /** Whether that is because it is no longer the file that was handed over. */
  readonly isChanged: boolean;
  constructor(message: string, isChanged: boolean) {
    super(message);
    this.isChanged = isChanged;
  }
}

/**
 * Memory that slices are read into, again and again: at hundreds of megabytes a second a browser lets hundreds of slices
 * lie before it frees them.
 */
export class Pool {
  #free: ArrayBuffer[] = [];

  take(): ArrayBuffer {
    return this.#free.pop() ?? new ArrayBuffer(SLICE_BYTES);
  }

  /** Takes back what was read into; the bytes are gone afterwards. */
  give({ buffer }: Uint8Array): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === SLICE_BYTES) this.#free.push(buffer);
  }
}

/** Gives a part of a file, in the memory handed over where that can be. */
export type Fetch = (file: Blob, start: number, end: number, memory?: ArrayBuffer) => Promise<Uint8Array>;

/** Reads a part of a file into memory that is there; null where that fails, by the browser or by the file. */
type Fill = (file: Blob, start: number, end: number, memory: ArrayBuffer) => Promise<Uint8Array | null>;

/**
 * Makes what reads a file into memory. Slices that follow one another come out of one stream, which costs half of what a
 * stream for each does; a new one is begun now and then, since a browser looks only then whether the file is what it was.
 * Where it fails the file is asked the other way. It uses nothing that stands outside itself, so that another thread can
 * have it as text.
 */
export function makeFill(): Fill {
  const STREAM_BYTES = 32 * 1024 * 1024;
  // Held here while its bytes are awaited: Chromium collects a stream that only those hold who wait for it.
  let open: { reader: ReadableStreamBYOBReader; at: number; end: number } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const close = () => {
    void open?.reader.cancel().catch(() => {});
    open = undefined;
  };
  const streamAt = (file: Blob, start: number, end: number) => {
    // The beginning may be another file's.
    if (open?.at === start && start > 0 && end <= open.end) return open;
    close();
    const until = Math.max(end, Math.min(start + STREAM_BYTES, file.size));
    open = { reader: file.slice(start, until).stream().getReader({ mode: "byob" }), at: start, end: until };
    return open;
  };
  const read: Fill = async (file, start, end, memory) => {
    try {
      const stream = streamAt(file, start, end);
      let buffer = memory;
      while (stream.at < end) {
        const got = stream.at - start;
        const { value, done } = await stream.reader.read(new Uint8Array(buffer, got, end - stream.at));
        if (value === undefined || done) throw new RangeError("it ends early");
        buffer = value.buffer;
        stream.at += value.length;
      }
      if (end === stream.end) close();
      return new Uint8Array(buffer, 0, end - start);
    } catch {
      close();
      return null;
    }
  };
  return (...request) => {
    const next = last.then(() => read(...request));
    last = next;
    return next;
  };
}

const fill = makeFill();

/** Reads in this thread. */
export const fetchHere: Fetch = async (file, start, end, memory) => {
  const filled = memory === undefined ? null : await fill(file, start, end, memory);
  return filled ?? new Uint8Array(await file.slice(start, end).arrayBuffer());
};

/** Some bytes of a file, all of them; at most a slice where they go into a pool's memory. */
export async function readRange(
  file: Blob,
  start: number,
  end: number,
  pool?: Pool,
  fetch: Fetch = fetchHere,
): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await fetch(file, start, end, pool?.take());
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ReadError(`it cannot be read at byte ${start}: ${why}`, await isAnotherFile(file, cause));
  }
  if (bytes.length !== end - start) {
    throw new ReadError(`it gave ${bytes.length} of ${end - start} bytes at byte ${start}`, true);
  }
  return bytes;
}

/**
 * Whether a file that could not be read was changed. A browser remembers when a file was last modified and refuses all
 * of it when it was since (`NotReadableError`); a defect of the medium leaves its other parts readable, and a file that
 * is away is not found.
 */
async function isAnotherFile(file: Blob, cause: unknown): Promise<boolean> {
  if ((cause as { name?: unknown } | null)?.name !== "NotReadableError" || !("lastModified" in file)) return false;
  try {
    await file.slice(0, 1).arrayBuffer();
    return false;
  } catch (again) {
    return (again as { name?: unknown } | null)?.name === "NotReadableError";
  }
}

/** Gives each slice in turn; the next ones are fetched while this one is worked on. */
export async function readSlices(
  file: Blob,
  take: (bytes: Uint8Array) => Promise<void> | void,
  fetch: Fetch = fetchHere,
): Promise<void> {
  if (file.size === 0) return expectEmpty(file);
  // One slice needs no memory to be used again.
  const pool = file.size > SLICE_BYTES ? new Pool() : undefined;
  const coming: Promise<Uint8Array>[] = [];
  let asked = 0;
  const ask = () => {
    for (; asked < file.size && coming.length < AHEAD; asked += SLICE_BYTES) {
      const next = readRange(file, asked, Math.min(asked + SLICE_BYTES, file.size), pool, fetch);
      // Its error is met when its turn comes; until then it is not unhandled.
      next.catch(() => {});
      coming.push(next);
    }
  };
  ask();
  let head: Uint8Array | undefined;
  for (let next = coming.shift(); next !== undefined; next = coming.shift()) {
    const bytes = await next;
    head ??= bytes.slice(0, HEAD_BYTES);
    ask();
    await take(bytes);
    pool?.give(bytes);
  }
  if (head !== undefined) await expectSame(file, head);
}

/** A browser gives a file no size when it is away before anybody asked for it: only reading tells it from an empty one. */
async function expectEmpty(file: Blob): Promise<void> {
  let length: number;
  try {
    length = (await file.arrayBuffer()).byteLength;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ReadError(`it cannot be read at byte 0: ${why}`, await isAnotherFile(file, cause));
  }
  if (length > 0) throw new ReadError(`it was empty and has ${length} bytes now`, true);
}

/** Looks at the beginning again: some browsers go on reading a file that was rewritten under them. */
async function expectSame(file: Blob, head: Uint8Array): Promise<void> {
  const now = await readRange(file, 0, head.length);
  if (now.some((byte, i) => byte !== head[i])) {
    throw new ReadError("it does not begin as it did", true);
  }
}

/** Milliseconds that one push should take: short enough for progress to be told, long enough to cost nothing. */
const PUSH_AIM = 40;
const LEAST_PIECE = 16 * 1024;
/** So many stay in the processor's cache between being copied into the wasm and being read there. */
const MOST_PIECE = 256 * 1024;

/** Hands over bytes in pieces that each take about as long: compressed bytes may hold a thousand times as many. */
export class Pieces {
  #size = MOST_PIECE;

  each(bytes: Uint8Array, push: (piece: Uint8Array) => void): void {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#size);
      const begun = performance.now();
      push(piece);
      const spent = performance.now() - begun;
      at += piece.length;
      if (spent > 2 * PUSH_AIM) this.#size = Math.max(LEAST_PIECE, this.#size >> 1);
      else if (spent < PUSH_AIM / 2) this.#size = Math.min(MOST_PIECE, this.#size << 1);
    }
  }
}
