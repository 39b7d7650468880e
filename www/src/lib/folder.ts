// What is in a dropped folder, and in the folders in it.
import type { CaptureFile } from "./protocol";

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

/** A file or a folder that was dropped, by either way browsers have. */
export interface Dropped {
  name: string;
  path: string;
  /** The file it is; null for a folder. */
  file: (() => Promise<File>) | null;
  /** A folder's content, at most so many. */
  inside: (most: number, signal: AbortSignal) => Promise<Dropped[]>;
}

interface Watch {
  signal: AbortSignal;
  tell: (entries: number) => void;
}

/** The files of what was dropped; those dropped themselves are told from those that came in a folder. */
export async function gather(dropped: readonly Dropped[], { signal, tell }: Watch): Promise<Gathered> {
  const found: Gathered = { files: [], tooDeep: 0, isCut: false, unreadable: 0 };
  const waiting = dropped.map((what) => ({ what, depth: 0 }));
  let looked = 0;
  for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
    const { what, depth } = next;
    looked += 1;
    if (looked > MOST_ENTRIES) {
      found.isCut = true;
      break;
    }
    tell(looked);
    try {
      if (what.file !== null) {
        found.files.push({ file: await what.file(), path: what.path, isFromFolder: depth > 0 });
      } else if (depth >= MOST_DEPTH) found.tooDeep += 1;
      else {
        // One more than fits: that there is more is to be said.
        const most = Math.max(0, MOST_ENTRIES - looked - waiting.length) + 1;
        for (const child of await what.inside(most, signal)) waiting.push({ what: child, depth: depth + 1 });
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
  if (tooDeep > 0)
    notes.push(`Folders more than ${MOST_DEPTH} deep were not opened (${tooDeep.toLocaleString("en")}).`);
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

/** An entry of the File and Directory Entries API, which every browser has; on a page from disk Chromium refuses it. */
export function ofEntry(entry: FileSystemEntry): Dropped {
  const path = entry.fullPath.replace(/^\//, "");
  const file = () =>
    new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
  const inside: Dropped["inside"] = async (most, signal) => {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    const found: Dropped[] = [];
    // Handed out in batches, and an empty one is the last.
    while (found.length < most && !signal.aborted) {
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (batch.length === 0) break;
      for (const child of batch) found.push(ofEntry(child));
    }
    return found.slice(0, most);
  };
  return { name: entry.name, path, file: entry.isFile ? file : null, inside };
}

/** A handle of the File System API: Chromium's other way, which works on a page from disk. */
export function ofHandle(handle: FileSystemHandle, parent = ""): Dropped {
  const path = `${parent}${handle.name}`;
  const inside: Dropped["inside"] = async (most, signal) => {
    const found: Dropped[] = [];
    const folder = handle as FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };
    for await (const child of folder.values()) {
      if (found.length >= most || signal.aborted) break;
      found.push(ofHandle(child, `${path}/`));
    }
    return found;
  };
  const file = () => (handle as FileSystemFileHandle).getFile();
  return { name: handle.name, path, file: handle.kind === "file" ? file : null, inside };
}
