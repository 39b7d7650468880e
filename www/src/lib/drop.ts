// What a drop on the window holds: files, or folders to be looked through.
import { type Dropped, ofEntry, ofHandle } from "./folder";

export type Drop = { files: File[] } | { names: string[]; dropped: Promise<Dropped[]> };

type HandleItem = DataTransferItem & { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> };

/**
 * A page from disk may not read folders by entries in Chromium. Elsewhere handles are not asked for: in a sealed frame
 * Chromium ends the page that does.
 */
const mayAskForHandles = globalThis.location?.protocol === "file:";

/** Has to be called within the event: after it the items are empty. */
export function readDrop(transfer: DataTransfer): Drop {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return { files: [...transfer.files] };
  const names = entries.flatMap((entry) => entry?.name ?? []);
  const dropped = Promise.all(items.map((item, i) => droppedOf(item, entries[i] ?? null)));
  return { names, dropped: dropped.then((list) => list.flat()) };
}

async function droppedOf(item: HandleItem, entry: FileSystemEntry | null): Promise<Dropped[]> {
  const file = item.getAsFile();
  const handle = mayAskForHandles ? item.getAsFileSystemHandle?.() : undefined;
  const known = await handle?.catch(() => null);
  if (known) return [ofHandle(known)];
  if (entry !== null) return [ofEntry(entry)];
  if (file === null) return [];
  return [{ name: file.name, path: file.name, file: () => Promise.resolve(file), inside: () => Promise.resolve([]) }];
}

export function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
