// Takes files and folders that are held over the window in place of the app, whose sealed frame may not look into folders.
import { hasFiles, readDrop } from "../lib/drop";
import { gather } from "../lib/folder";
import type { ToApp } from "../lib/seal";

/** Milliseconds after which files that were held over the app and did not come over the shell are gone. */
const PATIENCE = 10_000;

export interface Drops {
  /** Lets the shell have what is held over the app. */
  hold(): void;
  /** Ends the looking through folders. */
  stop(drop: number): void;
}

export function takeDrops(frame: HTMLElement, tell: (message: ToApp) => void): Drops {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drops = 0;
  let looking: AbortController | null = null;
  const letGo = () => {
    clearTimeout(timer);
    frame.classList.remove("is-passed");
    tell({ type: "over", isOver: false });
  };
  const take = (event: DragEvent) => {
    if (!hasFiles(event) || event.dataTransfer === null) return;
    clearTimeout(timer);
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    tell({ type: "over", isOver: true });
  };
  addEventListener("dragenter", take);
  addEventListener("dragover", take);
  // Nothing of the shell but its ground is under the pointer: whoever leaves it leaves the window.
  addEventListener("dragleave", letGo);
  // While something is held the pointer says nothing: it does again when the hold has ended unseen.
  addEventListener("pointermove", () => {
    if (frame.classList.contains("is-passed")) letGo();
  });
  addEventListener("drop", (event) => {
    letGo();
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    const read = readDrop(event.dataTransfer);
    looking?.abort();
    looking = null;
    if ("files" in read) return tell({ type: "files", files: read.files });
    drops += 1;
    const drop = drops;
    looking = new AbortController();
    const { signal } = looking;
    tell({ type: "folders", drop, names: read.names });
    const looked = (entries: number) => {
      if (entries % 50 === 0) tell({ type: "looked", drop, entries });
    };
    void read.dropped
      .then((dropped) => gather(dropped, { signal, tell: looked }))
      .then((found) => tell({ type: "gathered", drop, found }));
  });
  return {
    hold() {
      if (frame.classList.contains("is-passed")) return;
      frame.classList.add("is-passed");
      timer = setTimeout(letGo, PATIENCE);
    },
    stop(drop) {
      if (drop === drops) looking?.abort();
    },
  };
}
