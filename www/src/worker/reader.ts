// Reads a file slice by slice. Never whole: a browser may hand over less than all of a big file without an error.

export const SLICE_BYTES = 4 * 1024 * 1024;

/** The file gave fewer bytes than it has, or none. */
export class ReadError extends Error {
  override name = "read";
}

async function slice(file: Blob, start: number): Promise<Uint8Array> {
  const end = Math.min(start + SLICE_BYTES, file.size);
  let buffer: ArrayBuffer;
  try {
    buffer = await file.slice(start, end).arrayBuffer();
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

/** Gives each slice in turn; the next one is fetched while this one is worked on. */
export async function readSlices(file: Blob, take: (bytes: Uint8Array) => void): Promise<void> {
  if (file.size === 0) return;
  let next: Promise<Uint8Array> = slice(file, 0);
  for (let start = 0; start < file.size; start += SLICE_BYTES) {
    const bytes = await next;
    const after = start + SLICE_BYTES;
    if (after < file.size) {
      next = slice(file, after);
      // Its error is met when its turn comes; until then it is not unhandled.
      next.catch(() => {});
    }
    take(bytes);
  }
}
