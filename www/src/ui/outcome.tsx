import { openPicker } from "../app/input";
import { useShown } from "../app/shown";
import { again } from "../app/store";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Report } from "../lib/report";
import { AlertIcon, InfoIcon } from "./icons";

/** What each reason means for the reader. */
const MEANING: Record<string, string> = {
  empty_file: "The file has no bytes: a copy or a download may have failed.",
  short_header: "The file ends inside its own header: almost nothing of it is there.",
  unknown_format:
    "The first bytes are not those of a capture, nor of a table of flows or packets, whatever its name says.",
  unsupported_version:
    "This is a capture of a version that is not read here. Save it again as pcapng, for example with Wireshark.",
  truncated:
    "The file ends inside a packet or row, as when recording was interrupted or the disk was full. Everything before is sound.",
  bad_length: "A record claims a length that cannot be: the file is damaged there. Everything before is sound.",
  bad_block: "A block contradicts itself: the file is damaged there. Everything before is sound.",
  bad_byte_order: "A section begins without a known byte order: the file is damaged there.",
  io: "The file could not be read to its end: it was moved or removed, or its medium failed.",
  file_changed:
    "The file changed while it was read: what was read before is kept. Drop it again to read it as it is now.",
  compressed_truncated: "The compressed file ends too early, as after an unfinished copy. Everything before is sound.",
  compressed_damaged: "The compressed file is damaged there. Everything before is sound.",
  expansion_limit:
    "The compressed file holds far more than its size promises, and reading stopped at the limit. Higher limits are in the settings, if you trust it.",
  some_files: "Under What was read, at the end of this page, each file has its outcome.",
};

/** How the reading ended, when it did not end well or found nothing. Stays while the report is shown. */
export function OutcomeBanner() {
  const shown = useShown()?.report ?? null;
  if (shown === null) return null;
  const { outcome, ledger, summary } = shown;
  if (outcome.status === "complete") {
    if (summary.packets === 0 && summary.flows === 0) {
      return shown.files.some(({ table }) => table !== null) ? (
        <Banner kind="info" title="The table holds no rows that can be read.">
          <p>Its header was understood. What is wrong with its rows, if it has any, is in the account.</p>
        </Banner>
      ) : (
        <Banner kind="info" title="The capture is sound and holds no packets.">
          <p>It was recorded without traffic, or a filter took everything out.</p>
        </Banner>
      );
    }
    const full = ledger.untracked.table_full.packets;
    const rows = ledger.packet_rows_full + ledger.host_rows_full + ledger.table_rows_full;
    if (full === 0 && rows === 0) return null;
    return (
      <Banner kind="warn" title="A table was full: not everything has a row.">
        <p>
          {full > 0 &&
            `${format.counted(full, "packet")} (${format.bytes(ledger.untracked.table_full.bytes)}) belong to flows beyond the flow table's limit. `}
          {ledger.packet_rows_full > 0 &&
            `${format.counted(ledger.packet_rows_full, "packet")} are beyond the packet table's limit. `}
          {ledger.table_rows_full > 0 &&
            `${format.counted(ledger.table_rows_full, "row")} of the table found no room. `}
          {ledger.host_rows_full > 0 &&
            `${format.counted(ledger.host_rows_full, "host")} are beyond the host table's limit: those with most flows were kept. `}
          They are counted in the account. Higher limits are in the settings.
        </p>
      </Banner>
    );
  }
  const isRejected = outcome.status === "rejected";
  const isSeveral = shown.files.length > 1;
  const offset = outcome.offset === null ? "" : `, at byte ${format.count(outcome.offset)}`;
  return (
    <Banner kind={isRejected ? "bad" : "warn"} title={titleOf(shown)}>
      <p>{MEANING[outcome.reason ?? ""] ?? ""}</p>
      {!isRejected && isSeveral && (
        <p>
          {format.counted(outcome.packets_before, "packet")} were read and analysed; everything below is about them.
        </p>
      )}
      {!isRejected && !isSeveral && (
        <p>
          {format.counted(outcome.packets_before, "packet")} before that place{" "}
          {outcome.packets_before === 1 ? "was" : "were"} analysed; everything below is about{" "}
          {outcome.packets_before === 1 ? "it" : "them"}.
        </p>
      )}
      <p class="cause">
        {outcome.status}: {outcome.reason ?? format.NONE}
        {offset}. {visible(outcome.message ?? "", 1000)}
      </p>
      {reasons(shown).some((reason) => reason === "io" || reason === "file_changed") && (
        <p class="banner-buttons">
          <button type="button" class="small" onClick={again}>
            Try again
          </button>
          <button type="button" class="small" onClick={openPicker}>
            Choose again
          </button>
        </p>
      )}
    </Banner>
  );
}

function titleOf({ outcome, files }: Report): string {
  if (files.length > 1) {
    return outcome.status === "rejected"
      ? "None of the files could be read."
      : "Not all of the files could be read whole.";
  }
  return outcome.status === "rejected" ? "The file could not be read." : "Only part of the file could be read.";
}

/** Why any of the files was not read whole. */
function reasons({ files }: Report): (string | null)[] {
  return files.map(({ outcome }) => outcome.reason);
}

interface BannerProps {
  kind: "info" | "warn" | "bad";
  title: string;
  children: preact.ComponentChildren;
}

function Banner({ kind, title, children }: BannerProps) {
  return (
    <section class={`banner banner-${kind}`} aria-labelledby="outcome-title">
      {kind === "info" ? <InfoIcon /> : <AlertIcon />}
      <div class="banner-text">
        <h2 id="outcome-title">{title}</h2>
        {children}
      </div>
    </section>
  );
}
