// Which of the files handed over stand beside a capture: threat lists, databases and the like, told by their content.
import { is_capture, side_file, side_kind } from "../../pkg/wiresift.js";
import type { CaptureFile, LabelMap, SideFile, SideKind } from "../lib/protocol";
import { messageOf, type Problem, sideProblemOf } from "./problem";
import { startWasm } from "./wasm";

/** Bytes of a file's beginning and end that tell what it is, as the core wants them. */
const WANTED_BYTES = 64 * 1024;
const WANTED_END = 128 * 1024;
/** Largest file beside a capture, as in the core: it is read whole. */
const MOST_BYTES = 128_000_000;

export interface Split {
  captures: CaptureFile[];
  side: SideFile[];
  /** What is wrong with one of the files beside the captures. */
  problem: Problem | null;
}

/**
 * Tells captures from files beside them; what comes in folders counts only if it is a capture. A table of flows may hold
 * labels: beside a capture, shown (`hasCapture`) or among these files, it says what that one's flows are; alone it is one.
 */
export async function split(files: readonly CaptureFile[], hasCapture: boolean): Promise<Split> {
  const found: Split = { captures: [], side: [], problem: null };
  const known = new Map<CaptureFile, Known>();
  for (const one of files) known.set(one, one.isFromFolder ? CAPTURE : await kindOf(one.file));
  const isBeside = hasCapture || [...known.values()].some(({ kind }) => kind === null);
  for (const one of files) {
    const { kind: word, isTable } = known.get(one) ?? CAPTURE;
    const kind = isTable && !isBeside ? null : word;
    if (kind === null) found.captures.push(one);
    else {
      try {
        found.side.push(await read(kind, one.file));
      } catch (cause) {
        found.problem = sideProblemOf(messageOf(cause));
      }
    }
  }
  return found;
}

interface Known {
  /** The kind of a file beside a capture; null for all others, those included that cannot be read: their reading says why. */
  kind: SideKind | null;
  /** Whether it could be analysed as well. */
  isTable: boolean;
}

const CAPTURE: Known = { kind: null, isTable: false };

async function kindOf(file: File): Promise<Known> {
  try {
    await startWasm();
    const first = new Uint8Array(await file.slice(0, WANTED_BYTES).arrayBuffer());
    const last = new Uint8Array(await file.slice(-WANTED_END).arrayBuffer());
    const kind = (side_kind(first, last) as SideKind | undefined) ?? null;
    return { kind, isTable: kind === "labels" && is_capture(first) };
  } catch {
    return CAPTURE;
  }
}

/** Reads a file beside the capture; labels with what the user says of their columns. */
export async function read(kind: SideKind, file: File, map: LabelMap = {}): Promise<SideFile> {
  if (file.size > MOST_BYTES) {
    throw new Error(`${file.name} is larger than ${MOST_BYTES / 1e6} MB; cut it into parts`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length !== file.size) throw new Error(`${file.name} gave ${bytes.length} of ${file.size} bytes`);
  const held = side_file(kind, file.name, bytes, map) as Pick<SideFile, "entries" | "about" | "faults" | "columns">;
  return { kind, name: file.name, file, map, ...held };
}
