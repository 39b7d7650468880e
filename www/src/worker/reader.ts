// Reads a file slice by slice. Never whole: a browser may hand over less than all of a big file without an error.

export const SLICE_BYTES = 4 * 1024 * 1024;

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

/** Some bytes of a file, all of them; at most a slice where they go into a pool's memory. */
export async function readRange(file: Blob, start: number, end: number, pool?: Pool): Promise<Uint8Array> {
  const part = file.slice(start, end);
  const filled = pool === undefined ? null : await fill(part, pool.take(), end - start);
  if (filled !== null) return filled;
  let buffer: ArrayBuffer;
  try {
    buffer = await part.arrayBuffer();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ReadError(`it cannot be read at byte ${start}: ${why}`, await isAnotherFile(file, cause));
  }
  if (buffer.byteLength !== end - start) {
    throw new ReadError(`it gave ${buffer.byteLength} of ${end - start} bytes at byte ${start}`, true);
  }
  return new Uint8Array(buffer);
}

/**
 * What is being read. Only what waits for a reading holds it, and only the reading holds what waits: Chromium collects such a
 * ring before its bytes have come, and they never do.
 */
const beingRead = new Set<unknown>();

/** Reads into memory that is there; null where that fails, by the browser or by the file: then it is asked the other way. */
async function fill(part: Blob, memory: ArrayBuffer, length: number): Promise<Uint8Array | null> {
  let held: unknown;
  try {
    const stream = part.stream();
    const reader = stream.getReader({ mode: "byob" });
    held = [stream, reader];
    beingRead.add(held);
    let buffer = memory;
    let got = 0;
    while (got < length) {
      const { value, done } = await reader.read(new Uint8Array(buffer, got, length - got));
      if (value === undefined || done) return null;
      buffer = value.buffer;
      got += value.length;
    }
    void reader.cancel();
    return new Uint8Array(buffer, 0, length);
  } catch {
    return null;
  } finally {
    beingRead.delete(held);
  }
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

/** Gives each slice in turn; the next one is fetched while this one is worked on. */
export async function readSlices(file: Blob, take: (bytes: Uint8Array) => Promise<void> | void): Promise<void> {
  if (file.size === 0) return;
  const pool = new Pool();
  const slice = (start: number) => readRange(file, start, Math.min(start + SLICE_BYTES, file.size), pool);
  let head: Uint8Array | undefined;
  let next: Promise<Uint8Array> = slice(0);
  for (let start = 0; start < file.size; start += SLICE_BYTES) {
    const bytes = await next;
    head ??= bytes.slice(0, HEAD_BYTES);
    const after = start + SLICE_BYTES;
    if (after < file.size) {
      next = slice(after);
      // Its error is met when its turn comes; until then it is not unhandled.
      next.catch(() => {});
    }
    await take(bytes);
    pool.give(bytes);
  }
  if (head !== undefined) await expectSame(file, head);
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

/** Hands over bytes in pieces that each take about as long: compressed bytes may hold a thousand times as many. */
export class Pieces {
  #size = 256 * 1024;

  each(bytes: Uint8Array, push: (piece: Uint8Array) => void): void {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#size);
      const begun = performance.now();
      push(piece);
      const spent = performance.now() - begun;
      at += piece.length;
      if (spent > 2 * PUSH_AIM) this.#size = Math.max(LEAST_PIECE, this.#size >> 1);
      else if (spent < PUSH_AIM / 2) this.#size = Math.min(SLICE_BYTES, this.#size << 1);
    }
  }
}
