// Which of the files handed over are read, and in which order.
import type { CaptureFile, Intake } from "../lib/protocol";
import { ReadError, readRange } from "./reader";

/** Bytes looked at of each file: a first record is in them, compressed too. */
const LOOK_BYTES = 256 * 1024;
/** Names kept of the files that are no captures. */
const MOST_IGNORED = 20;

/** A file in its place. */
export interface Ordered {
  path: string;
  blob: Blob;
}

/** What the core says of a file's first bytes. */
export interface Look {
  isCapture: (bytes: Uint8Array) => boolean;
  /** Time of the first packet, nanoseconds. */
  firstTime: (bytes: Uint8Array) => bigint | undefined;
}

interface Known extends Ordered {
  time: bigint | undefined;
}

/** The captures of the files in order of their first packets; those without one last, and equal ones by name. */
export async function order(
  files: readonly CaptureFile[],
  look: Look,
  tell: (looked: number) => void,
): Promise<{ files: Ordered[]; intake: Intake }> {
  const known: Known[] = [];
  const intake: Intake = { paths: [], ignored: [], ignoredCount: 0 };
  for (const [i, { file, path, isFromFolder }] of files.entries()) {
    tell(i);
    const bytes = files.length > 1 || isFromFolder ? await firstBytes(file) : null;
    if (bytes !== null && isFromFolder && !look.isCapture(bytes)) {
      intake.ignoredCount += 1;
      if (intake.ignored.length < MOST_IGNORED) intake.ignored.push(path);
    } else known.push({ path, blob: file, time: bytes === null ? undefined : look.firstTime(bytes) });
  }
  known.sort(compare);
  intake.paths = known.map(({ path }) => path);
  return { files: known, intake };
}

/** A file's beginning; null where it cannot be read, which its reading will say in its place. */
async function firstBytes(file: File): Promise<Uint8Array | null> {
  try {
    return await readRange(file, 0, Math.min(LOOK_BYTES, file.size));
  } catch (cause) {
    if (cause instanceof ReadError) return null;
    throw cause;
  }
}

function compare(a: Known, b: Known): number {
  if (a.time !== b.time) {
    if (a.time === undefined) return 1;
    if (b.time === undefined) return -1;
    return a.time < b.time ? -1 : 1;
  }
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
