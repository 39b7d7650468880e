import { useState } from "preact/hooks";
import { isTablesOnly, report, select, unitName } from "../app/store";
import { safeStem, visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Selection } from "../lib/packets";
import type { Finding } from "../lib/report";
import { CopyFilters } from "./filters";
import { Packets } from "./packets";
import { SeverityBadge } from "./value";

/** Findings shown before the reader asks for more. */
const FEW = 5;

export function Findings() {
  const [isAll, setAll] = useState(false);
  const shown = report.value;
  if (shown === null) return null;
  const { findings } = shown;
  if (findings.length === 0) return null;
  const listed = isAll ? findings : findings.slice(0, FEW);
  return (
    <section class="card findings" aria-labelledby="findings-title">
      <div class="card-head">
        <h2 id="findings-title">Findings</h2>
        <p class="card-note">
          By who did it: what the flow table had no room for, then what rules find, then anomalies. Anomalous means
          unusual here, not malicious.
        </p>
      </div>
      <ol class="finding-list">
        {listed.map((finding) => (
          <Item key={finding.id} finding={finding} />
        ))}
      </ol>
      {findings.length > FEW && (
        <button type="button" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Show fewer" : `Show all ${findings.length} findings`}
        </button>
      )}
    </section>
  );
}

function Item({ finding }: { finding: Finding }) {
  const [isOpen, setOpen] = useState(false);
  const selection: Selection = { kind: "finding", id: finding.id };
  const rows = format.counted(finding.rows, unitName.value);
  return (
    <li class="finding">
      <div class="finding-head">
        <SeverityBadge severity={finding.severity} />
        <h3>{visible(finding.title, 300)}</h3>
      </div>
      <p class="finding-evidence">{visible(finding.evidence, 600)}</p>
      <p class="meta">
        <span>What would make it wrong: {finding.caveat}</span>
      </p>
      <p class="meta">
        {report.value?.summary.first_ts != null && (
          <span>
            {format.moment(finding.first_ts)} to {format.moment(finding.last_ts)}
          </span>
        )}
        {finding.rows > 0 && <span>{rows}</span>}
        <span>{format.counted(finding.packets, "packet")}</span>
        <span>{format.bytes(finding.bytes)}</span>
        {finding.score !== null && <span>score {format.score(finding.score)}</span>}
        {finding.technique !== null && (
          <span>
            ATT&amp;CK {finding.technique.id}, {finding.technique.name}
          </span>
        )}
      </p>
      {finding.rows > 0 && (
        <>
          <div class="finding-actions">
            <button type="button" class="small" onClick={() => showRows(finding)}>
              Show in table
              <span class="visually-hidden">: {visible(finding.title, 300)}</span>
            </button>
            <CopyFilters selection={selection} of={`finding ${visible(finding.id)}`} />
          </div>
          {!isTablesOnly.value && (
            <Packets
              selection={selection}
              packets={finding.packets}
              name={`finding-${safeStem(finding.id)}`}
              isOpen={isOpen}
              setOpen={setOpen}
            />
          )}
        </>
      )}
    </li>
  );
}

/** One host by its address, many by whom they sent to. */
function hostsFilter({ actors, targets }: Finding): string {
  return actors.length === 1 ? `host ${actors[0]}` : `peer ${targets[0] ?? ""}`;
}

/** The finding's rows: hosts by name, else those of its one actor, or those to its one target. */
async function showRows(finding: Finding): Promise<void> {
  const [actor, ...others] = finding.actors;
  const [target] = finding.targets;
  const ofFlows = actor !== undefined && others.length === 0 ? `src ${actor}` : `dst ${target}`;
  // Of a table without addresses there are neither.
  const flowsFilter = actor === undefined && target === undefined ? "" : ofFlows;
  const filter = unitName.value === "host" ? hostsFilter(finding) : flowsFilter;
  await select({ filter, anomalies_only: true, sort: "score", descending: true });
  const table = document.getElementById("rows");
  table?.scrollIntoView({ block: "nearest" });
  table?.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
}
