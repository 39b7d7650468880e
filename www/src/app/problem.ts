// What went wrong, in words for a person.
import type { Failure } from "../lib/protocol";

/** Something that went wrong. */
export interface Problem {
  title: string;
  cause: string;
  advice: string;
  /** What the reader is offered: to read the same again, or to choose files or a folder. */
  way?: "again" | "choose" | "folder";
}

/** The packets are wanted from a file that is not what was analysed. */
export function changedFile(cause: string): Problem {
  return {
    title: "The file changed since it was read.",
    cause: `file-changed: ${cause}`,
    advice: "Its packets cannot be shown or saved any more. Drop it again to see it as it is now.",
    way: "choose",
  };
}

/** What a failure means and what to do about it. */
export function problemOf({ kind, message, bytes, packets }: Failure): Problem {
  const where =
    packets > 0 || bytes > 0
      ? ` after ${packets.toLocaleString("en")} packets, at byte ${bytes.toLocaleString("en")}`
      : "";
  const next = "Nothing of it was kept; the next capture starts afresh, without reloading the page.";
  switch (kind) {
    case "trap":
      return {
        title: "The analysis stopped: a defect of Wiresift.",
        cause: `trap${where}: ${message}`,
        advice: next,
        way: "again",
      };
    case "memory":
      return {
        title: "The capture needs more memory than a page may have.",
        cause: `memory${where}: ${message}`,
        advice: `Lower the table limits in the settings, cut the capture into parts, or use the command line. ${next}`,
        way: "again",
      };
    case "start":
      return {
        title: "The analysis could not start.",
        cause: `worker: ${message}`,
        advice:
          "The browser did not start the page's worker. A policy, an extension or very low memory does that: allow workers for this page, or try another browser.",
        way: "again",
      };
    case "wasm":
      return {
        title: "This browser does not let the page run its analysis.",
        cause: `wasm: ${message}`,
        advice:
          "Wiresift needs WebAssembly. Switch it on (some hardened profiles switch it off), or use a current Chromium, Firefox or Safari.",
        way: "again",
      };
    case "nothing":
      return {
        title: "There is no capture in this folder.",
        cause: message,
        advice: "Files of a folder are read where their content is a capture, whatever they are called.",
        way: "folder",
      };
    case "refused":
      return {
        title: "The analysis was refused.",
        cause: message,
        advice: `Check the settings. ${next}`,
        way: "again",
      };
  }
}

/** What was thrown, in words. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** A file beside the capture that cannot be used. */
export function sideProblemOf(cause: string): Problem {
  return {
    title: "A file beside the capture could not be used.",
    cause,
    advice: "The rest of the page works without it. Mend the file and drop it again, or remove it.",
  };
}
