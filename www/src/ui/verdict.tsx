import { useEffect, useRef } from "preact/hooks";
import { moment, zone } from "../app/clock";
import { report, unitName } from "../app/store";
import type { FileReport } from "../lib/account";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Report, Severity } from "../lib/report";
import { Glossary } from "./glossary";
import { CheckIcon, InfoIcon } from "./icons";
import { Figure } from "./running";
import { SeverityBadge } from "./value";

/** The sentence, and the figures a reader asks for first. */
export function Verdict() {
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that started the run is gone: the answer takes its focus.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const shown = report.value;
  if (shown === null) return null;
  const { summary, detection, files } = shown;
  const [lead, first] = split(summary.verdict);
  return (
    <section class="verdict" aria-labelledby="verdict-title">
      <div class="verdict-head">
        <Sign report={shown} />
        <div>
          <h1 id="verdict-title" tabIndex={-1} ref={heading}>
            {visible(lead, 400)}
          </h1>
          {first !== null && <p class="lead">{visible(first, 600)}</p>}
          <p class="meta">
            {files.slice(0, FEW_FILES).map((file, i) => (
              // By place: files of two folders may have the same name.
              <span key={i}>
                {visible(file.name, 80)} ({described(file)})
              </span>
            ))}
            {files.length > FEW_FILES && <span>and {format.counted(files.length - FEW_FILES, "more file")}</span>}
            {summary.first_ts !== null && (
              <span>
                {moment(summary.first_ts)} to {moment(summary.last_ts)}
                {zone(summary.last_ts)}
              </span>
            )}
          </p>
        </div>
      </div>
      {(summary.packets > 0 || summary.flows > 0) && (
        <dl class="figures">
          <Figure label="Packets" value={summary.packets > 0 ? format.count(summary.packets) : format.NONE} />
          <Figure label="Flows" value={format.count(summary.flows)} />
          <Figure label="Hosts" value={summary.hosts > 0 ? format.count(summary.hosts) : format.NONE} />
          <Figure label="Traffic" value={summary.bytes > 0 ? format.bytes(summary.bytes) : format.NONE} />
          <Figure
            label="Duration"
            value={summary.first_ts === null ? format.NONE : format.duration(summary.duration)}
          />
          <Figure
            label={`Anomalous ${unitName.value}s`}
            value={detection.status === "not_enough_data" ? format.NONE : format.count(summary.anomalies)}
            note={
              detection.status === "not_enough_data" || summary.rows === 0
                ? ""
                : `${format.share(summary.anomalies / summary.rows)} of ${format.short(summary.rows)}`
            }
          />
        </dl>
      )}
      {summary.protocols.length > 0 && <Protocols report={shown} />}
      {summary.rows > 0 && <Glossary />}
    </section>
  );
}

/** Files named in the verdict; what was read has all of them. */
const FEW_FILES = 3;

function described({ format: name, compression, stored_bytes, table }: FileReport): string {
  const rows = table === null ? "" : `${format.counted(table.rows, "row")} of ${table.kind}`;
  return [name, compression, rows, format.bytes(stored_bytes)].filter((text) => text !== "").join(", ");
}

function Protocols({ report: { summary } }: { report: Report }) {
  const most = summary.protocols.slice(0, 6);
  const rest = summary.protocols.length - most.length;
  return (
    <p class="meta protocols">
      {most.map(({ proto, flows, packets }) => (
        <span key={proto}>
          <b>{visible(format.protocol(proto))}</b> {format.counted(flows, "flow")}, {format.counted(packets, "packet")}
        </span>
      ))}
      {rest > 0 && <span>and {format.counted(rest, "more protocol")}</span>}
    </p>
  );
}

/** The worst severity found, or a sign of calm. */
function Sign({ report: { findings, outcome, summary, detection } }: { report: Report }) {
  const worst: Severity | undefined = findings[0]?.severity;
  if (worst !== undefined && (summary.anomalies > 0 || worst !== "info")) return <SeverityBadge severity={worst} />;
  const isCalm = outcome.status === "complete" && detection.status !== "not_enough_data";
  return <span class={isCalm ? "sign sign-good" : "sign"}>{isCalm ? <CheckIcon /> : <InfoIcon />}</span>;
}

/** The sentence up to what comes first, and that. */
function split(verdict: string): [string, string | null] {
  const at = verdict.indexOf(" First: ");
  return at < 0 ? [verdict, null] : [verdict.slice(0, at), verdict.slice(at + 1)];
}
