// Packets of a selection, saved as a capture of their own.
import { signal } from "@preact/signals";
import { counted, bytes as inBytes } from "../lib/format";
import type { Selection } from "../lib/packets";
import type { RetrievalProgress } from "../lib/protocol";
import { downloadName, save } from "./download";
import { notice, report, retrieved, tellOrIgnore } from "./store";

/** A capture being made. */
export interface Saving {
  name: string;
  progress: RetrievalProgress | null;
  stop: AbortController;
}

/** The one that is being made, if any. */
export const saving = signal<Saving | null>(null);
/** Whether packets keep the comments that the capture has on them: people write in them what is for nobody else. */
export const areCommentsKept = signal(false);
/** How much of the packets is saved: all as captured, their headers, or headers with other addresses. */
export type Shared = "all" | "headers" | "anonymous";
export const shared = signal<Shared>("all");
/** The secret by which addresses are replaced as long as the page is open: all that it saves goes together. */
let addressKey: Uint8Array | undefined;
/** Whether the packets of the selected row are shown; stays while one walks through rows. */
export const areRowPacketsOpen = signal(false);

/** Whether any capture has comments that could be kept. */
export function hasComments(): boolean {
  return report.value?.files.some(({ metadata }) => metadata.comment_count > 0) ?? false;
}

/** Makes a pcapng file of the packets and hands it over; one at a time. */
export async function savePackets(selection: Selection, what: string): Promise<void> {
  if (saving.value !== null) return;
  const how = shared.value;
  const suffix = `${what}${how === "all" ? "" : `-${how}`}.pcapng`;
  const stop = new AbortController();
  saving.value = { name: downloadName(suffix), progress: null, stop };
  const tell = (progress: RetrievalProgress) => {
    if (saving.value?.stop === stop) saving.value = { ...saving.value, progress };
  };
  try {
    if (how === "anonymous") addressKey ??= crypto.getRandomValues(new Uint8Array(32));
    const takes = {
      selection,
      isSaved: true,
      comments: areCommentsKept.value,
      headers: how === "headers",
      ...(how === "anonymous" && addressKey !== undefined ? { key: addressKey } : {}),
    };
    const { pcapng, packets } = await retrieved(takes, { signal: stop.signal, tell });
    if (pcapng !== null) {
      save(pcapng, suffix);
      notice.value += ` ${counted(packets, "packet")}, ${inBytes(pcapng.size)}.`;
    }
  } catch (cause) {
    tellOrIgnore(cause, "The packets could not be saved.");
    if (stop.signal.aborted) notice.value = "Stopped. Nothing was saved.";
  } finally {
    saving.value = null;
  }
}
