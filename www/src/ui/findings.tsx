import { useEffect, useRef, useState } from "preact/hooks";
import { moment } from "../app/clock";
import { useShown } from "../app/shown";
import { apply, hasTimes, isTablesOnly, select, settings, unitName } from "../app/store";
import { safeStem, visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Selection } from "../lib/packets";
import type { Finding } from "../lib/report";
import { withSuppressed } from "../lib/settings";
import { CopyFilters, CopyOwnFilter } from "./filters";
import { InTurns } from "./in-turns";
import { Packets } from "./packets";
import { wantedFinding } from "./stories";
import { SeverityBadge } from "./value";

/** Findings shown before the reader asks for more. */
const FEW = 5;

export function Findings() {
  const [isAll, setAll] = useState(false);
  const shown = useShown()?.report ?? null;
  const wanted = shown?.findings.findIndex(({ id }) => id === wantedFinding.value) ?? -1;
  useEffect(() => {
    if (wanted >= FEW) setAll(true);
  }, [wanted]);
  if (shown === null) return null;
  const { findings, suppressed } = shown;
  if (findings.length === 0 && suppressed === 0) return shown.detection.status === "not_enough_data" ? null : <None />;
  const listed = isAll || wanted >= FEW ? findings : findings.slice(0, FEW);
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
        <InTurns>
          {listed.map((finding) => (
            <Item key={finding.id} finding={finding} />
          ))}
        </InTurns>
      </ol>
      {suppressed > 0 && (
        <p class="meta">
          <span>
            {format.counted(suppressed, "finding")} {suppressed === 1 ? "is" : "are"} not told, as the settings say.
          </span>
          <button type="button" class="small" onClick={tellAll}>
            Tell {suppressed === 1 ? "it" : "them"} again
          </button>
        </p>
      )}
      {findings.length > FEW && (
        <button type="button" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Show fewer" : `Show all ${findings.length} findings`}
        </button>
      )}
    </section>
  );
}

/** Nothing was found: what else may be done. */
function None() {
  return (
    <section class="card findings" aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      <p class="hint">
        No rule and no detector found anything. The table begins with what is furthest from usual all the same. To look
        closer, move the threshold in the scores to the left, or drop a threat list or a baseline on the page.
      </p>
    </section>
  );
}

function Item({ finding }: { finding: Finding }) {
  const [isOpen, setOpen] = useState(false);
  const selection: Selection = { kind: "finding", id: finding.id };
  const rows = format.counted(finding.rows, unitName.value);
  const heading = useRef<HTMLHeadingElement>(null);
  const isWanted = wantedFinding.value === finding.id;
  useEffect(() => {
    if (!isWanted) return;
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: "nearest" });
    wantedFinding.value = null;
  }, [isWanted]);
  return (
    <li class="finding">
      <div class="finding-head">
        <SeverityBadge severity={finding.severity} />
        <h3 tabIndex={-1} ref={heading}>
          {visible(finding.title, 300)}
        </h3>
      </div>
      <p class="finding-evidence">{visible(finding.evidence, 600)}</p>
      <p class="meta">
        <span>What would make it wrong: {finding.caveat}</span>
      </p>
      <p class="meta">
        {hasTimes.value && (
          <span>
            {moment(finding.first_ts)} to {moment(finding.last_ts)}
          </span>
        )}
        {finding.rows > 0 && <span>{rows}</span>}
        {hasTimes.value && finding.raised.length > 0 && (
          <span>{finding.raised.map((raise) => `${format.count(raise.rows)} by ${moment(raise.ts)}`).join(", ")}</span>
        )}
        {finding.packets > 0 && <span>{format.counted(finding.packets, "packet")}</span>}
        {finding.bytes > 0 && <span>{format.bytes(finding.bytes)}</span>}
        {finding.score !== null && <span>score {format.score(finding.score)}</span>}
        {finding.technique !== null && (
          <span>
            ATT&amp;CK {finding.technique.id}, {finding.technique.name}
          </span>
        )}
      </p>
      <div class="finding-actions">
        {finding.rows === 0 && finding.filter !== "" && (
          <CopyOwnFilter text={finding.filter} of={`finding ${visible(finding.id)}`} />
        )}
        {finding.rows > 0 && (
          <>
            <button type="button" class="small" onClick={() => showRows(finding)}>
              Show in table
              <span class="visually-hidden">: {visible(finding.title, 300)}</span>
            </button>
            <CopyFilters selection={selection} of={`finding ${visible(finding.id)}`} />
          </>
        )}
        <button type="button" class="small" onClick={() => suppress(finding)}>
          Not interesting
          <span class="visually-hidden">: {visible(finding.title, 300)}</span>
        </button>
      </div>
      {finding.rows > 0 && !isTablesOnly.value && (
        <Packets
          selection={selection}
          packets={finding.packets}
          name={`finding-${safeStem(finding.id)}`}
          isOpen={isOpen}
          setOpen={setOpen}
        />
      )}
    </li>
  );
}

/** The same kind of finding by the same hosts is not told any more. */
function suppress({ kind, actors, targets }: Finding): void {
  const hosts = actors.length === 0 ? targets : actors;
  apply({ ...settings.value, suppress: withSuppressed(settings.value["suppress"], kind, hosts) });
}

function tellAll(): void {
  const { suppress: _told, ...rest } = settings.value;
  apply(rest);
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
  await select({ filter, anomalies_only: true, rows: null, sort: "score", descending: true }, "found");
  const table = document.getElementById("rows");
  table?.scrollIntoView({ block: "nearest" });
  table?.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
}
