// What lies outside the app: the address, the storage, downloads, and what is held over the window. Alone in its tab the
// page has them itself; sealed in a frame it asks the shell around it.
import type { Gathered } from "../lib/folder";
import type { Packed } from "../lib/packed";
import { alone } from "./outside/alone";
import { sealed } from "./outside/sealed";

/** Looks through dropped folders. */
export type Look = (watch: { signal: AbortSignal; tell: (entries: number) => void }) => Promise<Gathered>;

export interface DropEvents {
  over(isOver: boolean): void;
  files(files: File[]): void;
  folders(names: string[], look: Look): void;
}

export interface Outside {
  /** When address and storage are known; rejects where nobody says. */
  readonly ready: Promise<void>;
  /** What the wasm is made of. */
  readonly core: Promise<Packed>;
  /** The hash of the address as it was when the page was opened. */
  hash(): string;
  writeHash(hash: string, number: number, isPushed: boolean): void;
  onBack(take: (hash: string, number: number | null) => void): void;
  /** The settings this browser keeps. */
  kept(): string | null;
  /** Keeps them, or none; rejects where the browser keeps nothing. */
  keep(text: string | null): Promise<void>;
  saveAs(blob: Blob, name: string): void;
  takeDrops(events: DropEvents): void;
}

export const outside: Outside = __SEALED__ ? sealed() : alone();
