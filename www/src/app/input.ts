// How a capture comes in: dropped anywhere on the window, chosen by button or key.
import { signal } from "@preact/signals";
import { analyse, problem } from "./store";

/** Whether files are held over the window. */
export const isDragging = signal(false);

let picker: HTMLInputElement | null = null;

/** The page's file input; the components hand it over when it is there. */
export function setPicker(input: HTMLInputElement | null): void {
  picker = input;
}

export function openPicker(): void {
  picker?.click();
}

/** Takes the files of the input and empties it, so that the same file can be chosen again. */
export function takePicked(input: HTMLInputElement): void {
  const files = [...(input.files ?? [])];
  input.value = "";
  takeFiles(files);
}

/** Analyses files; two that look the same are one. */
export function takeFiles(files: File[]): void {
  const seen = new Set<string>();
  const unique = files.filter((file) => {
    const mark = JSON.stringify([file.name, file.size, file.lastModified]);
    return !seen.has(mark) && seen.add(mark);
  });
  if (unique.length > 0) analyse({ kind: "files", files: unique });
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

export function takeDrops(): void {
  // Entering a child comes before leaving its parent: the depth tells whether the window itself was left.
  let depth = 0;
  const stop = () => {
    depth = 0;
    isDragging.value = false;
  };
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth += 1;
    isDragging.value = true;
  });
  addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) stop();
  });
  addEventListener("dragover", (event) => {
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", (event) => {
    stop();
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    if (items.some((item) => item.webkitGetAsEntry?.()?.isDirectory)) {
      problem.value = {
        title: "A folder cannot be read.",
        cause: "A folder was dropped.",
        advice: "Open it and drop the captures in it; several at once are read as one.",
      };
      return;
    }
    takeFiles([...event.dataTransfer.files]);
  });
}

export function takeKeys(): void {
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "o") {
      event.preventDefault();
      openPicker();
    }
  });
}
