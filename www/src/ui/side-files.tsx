import { openPicker } from "../app/input";
import { report, setSideFiles, sideFiles } from "../app/store";
import type { DatabaseReport, SideFault } from "../lib/enrichment";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { SideFile, SideKind } from "../lib/protocol";
import type { Report } from "../lib/report";
import { CloseIcon } from "./icons";
import { LabelColumns } from "./label-columns";

const KINDS: Record<SideKind, { words: string; one: string; many: string }> = {
  "threat-list": { words: "threat list", one: "entry", many: "entries" },
  nmap: { words: "port scan by nmap", one: "host", many: "hosts" },
  labels: { words: "labels", one: "line", many: "lines" },
  baseline: { words: "baseline", one: "distinct row", many: "distinct rows" },
  geoip: { words: "GeoIP database", one: "node", many: "nodes" },
};

const FACTS: Record<DatabaseReport["facts"][number], string> = {
  country: "country",
  city: "city",
  asn: "network (AS)",
};

/** The files beside the capture, each with what it holds and what of it was met. */
export function SideFiles() {
  const files = sideFiles.value;
  if (files.length === 0) return null;
  return (
    <section class="card side-files" aria-labelledby="side-files-title">
      <div class="card-head">
        <h2 id="side-files-title">Beside the capture</h2>
        <p class="card-note">
          {report.value === null
            ? "They are joined to the next capture. Nothing of them leaves this page."
            : "Compared with the traffic on this computer; what is met stands among the findings, and where hosts are in the tables."}
        </p>
      </div>
      <ul class="side-list">
        {files.map((side) => (
          <Item
            key={side.name}
            side={side}
            met={metOf(side, files, report.value)}
            faults={faultsOf(side, files, report.value)}
          />
        ))}
      </ul>
      <button type="button" class="small" onClick={openPicker}>
        Add a file
      </button>
    </section>
  );
}

interface ItemProps {
  side: SideFile;
  met: string | null;
  faults: readonly SideFault[];
}

function Item({ side, met, faults }: ItemProps) {
  const { words, one, many } = KINDS[side.kind];
  const unused = faults.reduce((sum, fault) => sum + fault.count, 0);
  const isDatabase = side.kind === "geoip";
  const remove = () => setSideFiles(sideFiles.value.filter((other) => other !== side));
  return (
    <li class="side-file">
      <div class="side-head">
        <b>{visible(side.name, 120)}</b>
        <span>{words}</span>
        <span>{side.about === null ? format.counted(side.entries, one, many) : visible(side.about, 120)}</span>
        {met !== null && <span class="side-met">{met}</span>}
        <button type="button" class="small quiet" aria-label={`Remove ${visible(side.name, 120)}`} onClick={remove}>
          <CloseIcon />
        </button>
      </div>
      {side.kind === "labels" && <LabelColumns side={side} />}
      {unused > 0 && (
        <details class="more">
          <summary>
            {isDatabase
              ? `${format.counted(unused, "address", "addresses")} not looked up or not readable`
              : `${format.counted(unused, "line or part", "lines or parts")} of it not used`}
          </summary>
          <ul class="warnings">
            {faults.map(({ kind, message, count, first_line }) => (
              <li key={kind}>
                {message}{" "}
                <span class="meta-inline">
                  {format.counted(count, "time")}
                  {first_line > 0 && `, first in line ${format.count(first_line)}`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

/** What of a file is not used: of a database that shows only when addresses are looked up. */
function faultsOf(side: SideFile, files: readonly SideFile[], shown: Report | null): readonly SideFault[] {
  if (side.kind !== "geoip") return side.faults;
  return shown?.enrichment?.databases?.[placeOf(side, files)]?.faults ?? [];
}

function placeOf(side: SideFile, files: readonly SideFile[]): number {
  return files.filter(({ kind }) => kind === side.kind).indexOf(side);
}

/** What of a file was met, by its place among those of its kind: as the report has them. */
function metOf(side: SideFile, files: readonly SideFile[], shown: Report | null): string | null {
  const enrichment = shown?.enrichment;
  const place = placeOf(side, files);
  if (side.kind === "geoip") {
    const database = enrichment?.databases?.[place];
    if (database === undefined) return null;
    if (database.facts.length === 0) return "not used: a later one tells the same";
    const facts = database.facts.map((fact) => FACTS[fact]).join(", ");
    return `${facts} of ${format.count(database.found)} of ${format.counted(database.looked_up, "address", "addresses")}`;
  }
  if (side.kind === "threat-list") {
    const list = enrichment?.lists[place];
    if (list === undefined) return null;
    if (list.entries_met === 0) return "nothing of it met";
    return `${format.count(list.entries_met)} met in ${format.counted(list.flows_met, "flow")}`;
  }
  if (side.kind === "labels") {
    const labels = shown?.evaluation?.labels[place];
    return labels === undefined ? null : `${format.count(labels.unmatched)} match nothing`;
  }
  if (side.kind === "baseline") {
    // Of several the last counts.
    const isLast = place === files.filter(({ kind }) => kind === "baseline").length - 1;
    if (!isLast) return "not used: a later one is";
    return shown?.detection.baseline === undefined ? "scores the next capture" : "what scores are held against";
  }
  const scan = enrichment?.scans[place];
  if (scan === undefined) return null;
  if (scan.scanner === null) return "the scan itself is not in the capture";
  return `scanned from ${visible(scan.scanner, 60)} in ${format.counted(scan.scan_flows, "flow")} of the capture`;
}
