// Reads packets again: only the parts of the files that hold them, and never much of those at a time.
import type { Retrieval, Session } from "../../pkg/wiresift.js";
import { LISTED, type ListedPacket, PREVIEW } from "../lib/packets";
import type { RetrievalProgress, Retrieve, Retrieved } from "../lib/protocol";
import type { Ordered } from "./order";
import { Pool, ReadError, readRange } from "./reader";

/** Bytes of the pcapng file held here before they become a part of it that the browser keeps where it likes. */
const PART_BYTES = 4 * 1024 * 1024;
/** Milliseconds between two progress messages. */
const PROGRESS_INTERVAL = 100;

/** The question was taken back. */
export class Stopped extends Error {
  override name = "stopped";
}

interface Wanted {
  file: number;
  start: number;
  end: number;
}

interface Watch {
  tell: (progress: RetrievalProgress) => void;
  isStopped: () => boolean;
}

export async function retrieve(
  session: Session,
  files: readonly Ordered[],
  { selection, isSaved, comments, headers = false, key }: Retrieve,
  watch: Watch,
): Promise<Retrieved> {
  const options = { keep: isSaved ? 0 : LISTED, preview: PREVIEW, pcapng: isSaved, comments, headers, key };
  const retrieval = session.retrieve(selection, options);
  try {
    if (!isSaved) {
      // A list that is full needs no more of the file, which may be many gigabytes.
      await give(retrieval, files, watch, () => listedOf(retrieval).length >= LISTED);
      const listed = listedOf(retrieval);
      const { packets } = listed.length >= LISTED ? { packets: listed.length } : (retrieval.finish() as Count);
      return { packets, listed, pcapng: null };
    }
    const parts = new Parts();
    await give(retrieval, files, watch, () => {
      parts.add(retrieval.take() as Uint8Array<ArrayBuffer>);
      return false;
    });
    const { packets } = retrieval.finish() as Count;
    parts.add(retrieval.take() as Uint8Array<ArrayBuffer>);
    return { packets, listed: [], pcapng: parts.blob() };
  } catch (cause) {
    if (!(cause instanceof ReadError)) throw cause;
    // Whether it was rewritten or is away: for the reader it is the same.
    throw Object.assign(new Error(cause.message), { name: "file-changed" });
  } finally {
    retrieval.free();
  }
}

interface Count {
  packets: number;
}

function listedOf(retrieval: Retrieval): ListedPacket[] {
  return retrieval.packets() as ListedPacket[];
}

/** Gives what is wanted until nothing is, or until it is enough. */
async function give(
  retrieval: Retrieval,
  files: readonly Ordered[],
  { tell, isStopped }: Watch,
  isEnough: () => boolean,
): Promise<void> {
  const before: number[] = [];
  let total = 0;
  for (const { blob } of files) {
    before.push(total);
    total += blob.size;
  }
  const pool = new Pool();
  let checked = -1;
  let told = performance.now();
  for (;;) {
    const wanted = retrieval.wanted() as Wanted | null | undefined;
    if (wanted === null || wanted === undefined) return;
    const blob = files[wanted.file]?.blob;
    if (blob === undefined) throw new Error(`there is no file number ${wanted.file}`);
    if (checked !== wanted.file) {
      retrieval.check_file(wanted.file, blob.size);
      checked = wanted.file;
    }
    const bytes = await readRange(blob, wanted.start, wanted.end, pool);
    if (isStopped()) throw new Stopped();
    retrieval.give(bytes);
    pool.give(bytes);
    if (isEnough()) return;
    const now = performance.now();
    if (now - told < PROGRESS_INTERVAL) continue;
    told = now;
    tell({ at: (before[wanted.file] ?? 0) + wanted.end, total });
  }
}

/** A file that is made in parts: bytes become blobs, which the browser keeps outside this worker. */
class Parts {
  #blobs: Blob[] = [];
  #held: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  add(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length === 0) return;
    this.#held.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= PART_BYTES) this.#seal();
  }

  blob(): Blob {
    this.#seal();
    return new Blob(this.#blobs, { type: "application/x-pcapng" });
  }

  #seal(): void {
    if (this.#held.length > 0) this.#blobs.push(new Blob(this.#held));
    this.#held = [];
    this.#bytes = 0;
  }
}
