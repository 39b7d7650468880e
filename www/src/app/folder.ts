// What is in a dropped folder, and in the folders in it.
import type { CaptureFile } from "../lib/protocol";

/** Folders inside one another that are followed. */
export const MOST_DEPTH = 16;
/** Files and folders looked at. */
export const MOST_ENTRIES = 10_000;

export interface Gathered {
  files: CaptureFile[];
  /** Folders deeper than is followed. */
  tooDeep: number;
  /** Whether there were more entries than are looked at. */
  isCut: boolean;
  /** Files and folders that the browser could not open. */
  unreadable: number;
}

interface Watch {
  signal: AbortSignal;
  tell: (entries: number) => void;
}

/** The files of dropped entries; those dropped themselves are told from those that came in a folder. */
export async function gather(dropped: readonly FileSystemEntry[], { signal, tell }: Watch): Promise<Gathered> {
  const found: Gathered = { files: [], tooDeep: 0, isCut: false, unreadable: 0 };
  const waiting = dropped.map((entry) => ({ entry, depth: 0 }));
  let looked = 0;
  for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
    const { entry, depth } = next;
    looked += 1;
    if (looked > MOST_ENTRIES) {
      found.isCut = true;
      break;
    }
    tell(looked);
    try {
      if (entry.isFile) {
        const file = await fileOf(entry as FileSystemFileEntry);
        found.files.push({ file, path: entry.fullPath.replace(/^\//, ""), isFromFolder: depth > 0 });
      } else if (depth >= MOST_DEPTH) found.tooDeep += 1;
      else {
        const most = MOST_ENTRIES - looked - waiting.length;
        const inside = await entriesOf(entry as FileSystemDirectoryEntry, most + 1, signal);
        for (const child of inside) waiting.push({ entry: child, depth: depth + 1 });
      }
    } catch {
      // Gone since it was dropped, or not for this user: counted, and said.
      found.unreadable += 1;
    }
  }
  return found;
}

/** The files of a chosen folder, as the browser's own dialog gives them, within the same bounds. */
export function gatherChosen(files: readonly File[]): Gathered {
  const inside = files.slice(0, MOST_ENTRIES).map((file): CaptureFile => {
    const path = file.webkitRelativePath || file.name;
    return { file, path, isFromFolder: true };
  });
  const near = inside.filter(({ path }) => path.split("/").length - 1 <= MOST_DEPTH);
  const deep = new Set(inside.filter((one) => !near.includes(one)).map(({ path }) => path.replace(/\/[^/]*$/, "")));
  return { files: near, tooDeep: deep.size, isCut: files.length > MOST_ENTRIES, unreadable: 0 };
}

/** What was left out, in sentences. */
export function notesOf({ tooDeep, isCut, unreadable }: Gathered): string[] {
  const notes: string[] = [];
  if (isCut) notes.push(`Only the first ${MOST_ENTRIES.toLocaleString("en")} files and folders were looked at.`);
  if (tooDeep > 0) notes.push(`Folders more than ${MOST_DEPTH} deep were not opened (${tooDeep.toLocaleString("en")}).`);
  if (unreadable > 0) {
    notes.push(`The browser could not open ${unreadable.toLocaleString("en")} of the files and folders.`);
  }
  return notes;
}

/** A path that two files have, if any. */
export function firstTwice(files: readonly CaptureFile[]): string | null {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) return path;
    seen.add(path);
  }
  return null;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A folder's entries, at most so many: the browser hands them out in batches, and an empty one is the last. */
async function entriesOf(folder: FileSystemDirectoryEntry, most: number, signal: AbortSignal) {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  while (found.length < most && !signal.aborted) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) break;
    for (const entry of batch) found.push(entry);
  }
  return found.slice(0, Math.max(0, most));
}
