// What the shell and the app in its sealed frame say to each other, over one port.
import type { Gathered } from "./folder";
import type { Packed } from "./packed";

/** The app's first word, with the port that everything after it goes over. */
export const HELLO = "wiresift";

/** What the app asks of the shell. */
export type ToShell =
  /** Write the view into the address, as a new entry of the history or in the current one. */
  | { type: "view"; hash: string; number: number; isPushed: boolean }
  /** Keep settings in this browser, or none. */
  | { type: "keep"; text: string | null }
  /** Save a file. */
  | { type: "save"; file: Blob; name: string }
  /** Files are held over the window: the shell takes them, since a sealed frame may not look into folders. */
  | { type: "held" }
  /** Stop looking through the folders of a drop. */
  | { type: "stop"; drop: number }
  /** How high the app is, for paper. */
  | { type: "height"; pixels: number };

/** What the shell tells the app. */
export type ToApp =
  /** The answer to the first word: what address and storage say. */
  | { type: "begin"; hash: string; kept: string | null }
  /** The wasm: the shell has it, so that the frame is small and shown at once; null where it has none. */
  | { type: "core"; packed: Packed | null }
  /** The reader went back or forth in the history. */
  | { type: "back"; hash: string; number: number | null }
  | { type: "kept"; isDone: boolean }
  /** Whether files are held over the window. */
  | { type: "over"; isOver: boolean }
  | { type: "files"; files: File[] }
  /** Folders were dropped; so many entries were looked at; all that is in them. */
  | { type: "folders"; drop: number; names: string[] }
  | { type: "looked"; drop: number; entries: number }
  | { type: "gathered"; drop: number; found: Gathered };
