// The shell around the sealed frame that holds the app: it has the address, the storage and the downloads, which the frame
// has not, and hears the app only over the one port that the app hands it when it begins.
import { onBack, writeHash } from "../lib/address";
import { keep, kept } from "../lib/kept";
import type { Packed } from "../lib/packed";
import { saveAs } from "../lib/save";
import { HELLO, type ToApp, type ToShell } from "../lib/seal";
import { checked } from "./checked";
import { takeDrops } from "./drops";

/** The wasm: the script at the end of the shell says it, by an event of this name; null where that script did not run. */
const core = new Promise<Packed | null>((resolve) => {
  addEventListener("core", (event) => resolve((event as CustomEvent<Packed>).detail));
  addEventListener("DOMContentLoaded", () => resolve(null));
});

const app = () => document.querySelector("iframe");

addEventListener("message", function hear(event: MessageEvent): void {
  const frame = app();
  const [port] = event.ports;
  if (frame === null || port === undefined) return;
  // Only the frame itself, as it was made: sealed, so of no origin.
  if (event.source !== frame.contentWindow || event.origin !== "null" || event.data !== HELLO) return;
  // Only once: another page in the frame would not be heard.
  removeEventListener("message", hear);
  serve(frame, port);
});

// The shell has nothing to type into: its keys are the app's.
addEventListener("focus", () => app()?.focus());
addEventListener("DOMContentLoaded", () => app()?.focus());

function serve(frame: HTMLIFrameElement, port: MessagePort): void {
  const tell = (message: ToApp) => port.postMessage(message);
  const drops = takeDrops(frame, tell);
  const obey = (request: ToShell) => {
    switch (request.type) {
      case "view":
        return writeHash(request.hash, request.number, request.isPushed);
      case "keep":
        return tell({ type: "kept", isDone: isKept(request.text) });
      case "save":
        return saveAs(request.file, request.name);
      case "held":
        return drops.hold();
      case "stop":
        return drops.stop(request.drop);
      case "height":
        return frame.style.setProperty("--height", `${request.pixels}px`);
    }
  };
  port.onmessage = ({ data }) => {
    const request = checked(data);
    if (request !== null) obey(request);
  };
  onBack((hash, number) => tell({ type: "back", hash, number }));
  tell({ type: "begin", hash: location.hash, kept: kept() });
  void core.then((packed) => tell({ type: "core", packed }));
}

function isKept(text: string | null): boolean {
  try {
    keep(text);
    return true;
  } catch {
    return false;
  }
}
