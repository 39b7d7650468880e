// Reads a file slice by slice. Never whole: a browser may hand over less than all of a big file without an error.

/** Bytes asked for at once: a browser answers few large questions quicker than many small ones. */
export const SLICE_BYTES = 16 * 1024 * 1024;

/** Slices asked for and not yet taken. */
const AHEAD = 2;

/** Gives a part of a file. */
export type Fetch = (file: Blob, start: number, end: number) => Promise<ArrayBuffer>;

/** The file gave fewer bytes than it has, or none. */
export class ReadError extends Error {
  override name = "read";
}

export const fetchHere: Fetch = (file, start, end) => file.slice(start, end).arrayBuffer();

async function slice(file: Blob, start: number, fetch: Fetch): Promise<Uint8Array> {
  const end = Math.min(start + SLICE_BYTES, file.size);
  let buffer: ArrayBuffer;
  try {
    buffer = await fetch(file, start, end);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ReadError(`the file cannot be read at byte ${start}: ${why}`);
  }
  if (buffer.byteLength !== end - start) {
    throw new ReadError(
      `the file gave ${buffer.byteLength} of ${end - start} bytes at byte ${start}: it changed while it was read`,
    );
  }
  return new Uint8Array(buffer);
}

/** Gives each slice in turn; the next ones are fetched while this one is worked on. */
export async function readSlices(
  file: Blob,
  take: (bytes: Uint8Array) => void,
  fetch: Fetch = fetchHere,
): Promise<void> {
  const coming: Promise<Uint8Array>[] = [];
  let asked = 0;
  const ask = () => {
    for (; asked < file.size && coming.length < AHEAD; asked += SLICE_BYTES) {
      const next = slice(file, asked, fetch);
      // Its error is met when its turn comes; until then it is not unhandled.
      next.catch(() => {});
      coming.push(next);
    }
  };
  ask();
  for (let next = coming.shift(); next !== undefined; next = coming.shift()) {
    const bytes = await next;
    ask();
    take(bytes);
  }
}
