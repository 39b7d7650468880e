// The page in the sealed frame: of no origin, without storage, address and downloads of its own. It asks the shell.
import type { Packed } from "../../lib/packed";
import { HELLO, type ToApp, type ToShell } from "../../lib/seal";
import type { DropEvents, Look, Outside } from "../outside";
import { takeDrops } from "./drops";

/** Milliseconds after which a shell that has not answered does not run. */
const PATIENCE = 10_000;

type Hear = { [Type in ToApp["type"]]?: (message: Extract<ToApp, { type: Type }>) => void };

export function sealed(): Outside {
  const { port1: port, port2 } = new MessageChannel();
  const hear: Hear = {};
  const ask = (request: ToShell) => port.postMessage(request);
  let [hash, settings]: [string, string | null] = ["", null];
  const waiting: { text: string | null; resolve: () => void; reject: (cause: Error) => void }[] = [];

  hear.kept = ({ isDone }) => {
    const first = waiting.shift();
    if (first === undefined) return;
    if (!isDone) return first.reject(new Error("this browser keeps nothing"));
    settings = first.text;
    first.resolve();
  };
  const ready = new Promise<void>((resolve, reject) => {
    hear.begin = (message) => {
      ({ hash, kept: settings } = message);
      resolve();
    };
    setTimeout(() => reject(new Error("the shell around the page does not answer")), PATIENCE);
  });
  const core = new Promise<Packed>((resolve, reject) => {
    hear.core = ({ packed }) =>
      packed === null ? reject(new Error("this copy of the page was changed")) : resolve(packed);
  });
  port.onmessage = ({ data }: MessageEvent<ToApp>) =>
    (hear[data.type] as ((message: ToApp) => void) | undefined)?.(data);
  // To whatever origin: the shell has none when it comes from the disk, and this word says nothing.
  parent.postMessage(HELLO, "*", [port2]);
  new ResizeObserver(([entry]) => {
    if (entry !== undefined) ask({ type: "height", pixels: Math.ceil(entry.contentRect.height) });
  }).observe(document.documentElement);

  return {
    ready,
    core: ready.then(() => core),
    hash: () => hash,
    writeHash: (hash, number, isPushed) => ask({ type: "view", hash, number, isPushed }),
    onBack: (take) => {
      hear.back = ({ hash, number }) => take(hash, number);
    },
    kept: () => settings,
    keep: (text) =>
      new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        ask({ type: "keep", text });
      }),
    saveAs: (file, name) => ask({ type: "save", file, name }),
    takeDrops: (events) => {
      // What comes before the shell has covered the frame is dropped here: files are read here as well.
      takeDrops(events, () => ask({ type: "held" }));
      listen(events, hear, ask);
    },
  };
}

/** What is dropped on the shell. */
function listen({ over, files, folders }: DropEvents, hear: Hear, ask: (request: ToShell) => void): void {
  hear.over = ({ isOver }) => over(isOver);
  hear.files = (message) => files(message.files);
  hear.folders = ({ drop, names }) => {
    const look: Look = ({ signal, tell }) =>
      new Promise((resolve) => {
        hear.looked = (message) => message.drop === drop && tell(message.entries);
        hear.gathered = (message) => message.drop === drop && resolve(message.found);
        signal.addEventListener("abort", () => ask({ type: "stop", drop }));
      });
    folders(names, look);
  };
}
