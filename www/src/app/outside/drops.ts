// What is dropped on the page's own window.
import { hasFiles, readDrop } from "../../lib/drop";
import { gather } from "../../lib/folder";
import type { DropEvents } from "../outside";

/** Takes what is dropped on this window; `held` is told each time that files are held over it. */
export function takeDrops({ over, files, folders }: DropEvents, held?: () => void): void {
  // Entering a child comes before leaving its parent: the depth tells whether the window itself was left.
  let depth = 0;
  const stop = () => {
    depth = 0;
    over(false);
  };
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth += 1;
    over(true);
    held?.();
  });
  addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) stop();
  });
  addEventListener("dragover", (event) => {
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    held?.();
  });
  addEventListener("drop", (event) => {
    stop();
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    const drop = readDrop(event.dataTransfer);
    if ("files" in drop) files(drop.files);
    else folders(drop.names, async (watch) => gather(await drop.dropped, watch));
  });
}
