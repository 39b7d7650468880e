// A look at a capture's beginning while another worker reads all of it: the same analysis, of a part that grows.
import { partsOf } from "../lib/parts";
import type { Glimpse } from "../lib/protocol";
import type { Report } from "../lib/report";
import type { Ordered } from "./order";
import { Pieces, ReadError, readSlices } from "./reader";

/** Findings told of each part. */
const MOST_TOLD = 5;

/** What is used of the core's session. */
export interface Analysis {
  begin_file(name: string): void;
  push(bytes: Uint8Array): void;
  finish(): unknown;
  free(): void;
}

/** Analyses the parts and tells what is found in each. A file that cannot be read ends the looking: its reader says why. */
export async function scout(
  files: readonly Ordered[],
  make: () => Promise<Analysis>,
  tell: (glimpse: Glimpse) => void,
): Promise<void> {
  const total = files.reduce((sum, { blob }) => sum + blob.size, 0);
  for (const part of partsOf(total)) {
    const session = await make();
    try {
      await readBeginning(session, files, part);
      tell(glimpse(session.finish() as Report, part));
    } catch (cause) {
      if (cause instanceof ReadError) return;
      throw cause;
    } finally {
      session.free();
    }
  }
}

async function readBeginning(session: Analysis, files: readonly Ordered[], bytes: number): Promise<void> {
  let left = bytes;
  for (const { path, blob } of files) {
    if (left === 0) return;
    const beginning = blob.slice(0, left);
    left -= beginning.size;
    session.begin_file(path.slice(path.lastIndexOf("/") + 1));
    const pieces = new Pieces();
    await readSlices(beginning, (slice) => pieces.each(slice, (piece) => session.push(piece)));
  }
}

function glimpse({ findings, summary }: Report, bytes: number): Glimpse {
  const told = findings.slice(0, MOST_TOLD).map(({ id, severity, title }) => ({ id, severity, title }));
  return { bytes, packets: summary.packets, findings: told, count: findings.length };
}
