// Which of the files handed over are read, and in which order.
import type { CaptureFile, Intake } from "../lib/protocol";
import { ReadError, readRange } from "./reader";

/** Bytes of a file in which its first packet is looked for; where there is none, the larger. As the command line. */
const LOOKS = [64 * 1024, 4 * 1024 * 1024];
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
    const found = files.length > 1 || isFromFolder ? await lookAt(file, look) : null;
    if (found !== null && isFromFolder && !found.isCapture) {
      intake.ignoredCount += 1;
      if (intake.ignored.length < MOST_IGNORED) intake.ignored.push(path);
    } else known.push({ path, blob: file, time: found?.time });
  }
  known.sort(compare);
  intake.paths = known.map(({ path }) => path);
  return { files: known, intake };
}

/** What a file's beginning says; null where it cannot be read, which its reading will say in its place. */
async function lookAt(file: File, look: Look): Promise<{ isCapture: boolean; time: bigint | undefined } | null> {
  try {
    for (const most of LOOKS) {
      const bytes = await readRange(file, 0, Math.min(most, file.size));
      if (!look.isCapture(bytes)) return { isCapture: false, time: undefined };
      const time = look.firstTime(bytes);
      if (time !== undefined || file.size <= most) return { isCapture: true, time };
    }
    return { isCapture: true, time: undefined };
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
