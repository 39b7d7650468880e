import { computed } from "@preact/signals";
import { useState } from "preact/hooks";
import { areRowPacketsOpen } from "../app/packets";
import { details, features, pick, unitName } from "../app/store";
import { safeStem, visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Selection } from "../lib/packets";
import type { Change, Contribution, Details as DetailsOf } from "../lib/table";
import { CopyFilters } from "./filters";
import { CloseIcon } from "./icons";
import { InTurns } from "./in-turns";
import { Packets } from "./packets";
import { Part } from "./part";
import { cellText, Name, reasonText, SeverityBadge } from "./value";

/** What the features of the rows at hand mean. */
const meanings = computed(() => new Map(features(unitName.value).map(({ name, definition }) => [name, definition])));

/** Features listed before the reader asks for more. */
const FEW = 6;

export function Details() {
  const shown = details.value;
  const unit = unitName.value;
  if (shown === null) {
    return (
      <aside class="card details details-empty" aria-label="Details">
        <p class="hint">Choose a {unit} in the table or a point in the scatter to see why it has its score.</p>
      </aside>
    );
  }
  return <Shown shown={shown} />;
}

function Shown({ shown }: { shown: DetailsOf }) {
  const unit = unitName.value;
  return (
    <aside class="card details" aria-labelledby="details-title">
      <div class="details-head">
        <h2 id="details-title">
          {format.capital(unit)} {visible(shown.id)}
        </h2>
        <button type="button" class="small quiet" aria-label="Close the details" onClick={() => void pick(null)}>
          <CloseIcon />
        </button>
      </div>
      <p class="details-who">
        {unit === "host" ? (
          visible(format.protocol(shown.proto))
        ) : (
          <>
            {visible(format.protocol(shown.proto))}{" "}
            {shown.orig === "" && shown.resp === "" ? (
              "The table names no hosts."
            ) : (
              <>
                <b>{visible(shown.orig)}</b> → <b>{visible(shown.resp)}</b>
              </>
            )}
          </>
        )}
      </p>
      <p class="meta">
        {shown.is_scored ? (
          <>
            <span>
              <SeverityBadge severity={shown.severity} />
            </span>
            <span>score {format.score(shown.score)}</span>
            <span>cluster {shown.cluster}</span>
          </>
        ) : (
          <span>not scored</span>
        )}
      </p>
      {shown.is_scored && (
        <p>
          {shown.is_anomalous
            ? `Anomalous: ${reasonText(shown.reason)}.`
            : "Not anomalous: close enough to what is usual."}
          {shown.agreement[1] > 1 && ` ${shown.agreement[0]} of ${shown.agreement[1]} detectors flag it.`}
        </p>
      )}
      <InTurns>
        <Part of={shown}>{({ contributions }) => <Contributions list={contributions} />}</Part>
        <Part of={shown}>{(shown) => <Contrast shown={shown} />}</Part>
        <Part of={shown}>{(shown) => <Actions shown={shown} />}</Part>
        {shown.sections.map((section, i) => (
          <Part key={section.title} of={section}>
            {(section) => <Section section={section} isOpen={i === 0} />}
          </Part>
        ))}
      </InTurns>
    </aside>
  );
}

/** What can be done with a row. */
function Actions({ shown }: { shown: DetailsOf }) {
  const unit = unitName.value;
  const selection: Selection = { kind: "row", row: shown.row };
  return (
    <>
      <CopyFilters selection={selection} of={`this ${unit}`} key={shown.row} />
      <Packets
        selection={selection}
        packets={packetsOf(shown)}
        name={`${unit}-${safeStem(shown.id)}`}
        isOpen={areRowPacketsOpen.value}
        setOpen={(isOpen) => {
          areRowPacketsOpen.value = isOpen;
        }}
      />
    </>
  );
}

function Section({ section, isOpen }: { section: DetailsOf["sections"][number]; isOpen: boolean }) {
  return (
    <details class="more" open={isOpen}>
      <summary>{section.title}</summary>
      <dl class="pairs">
        {section.fields.map(({ label, kind, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{cellText(kind, value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** A packet is one; a flow's are those of its two directions, a host's those of all its flows. */
function packetsOf({ sections }: DetailsOf): number {
  if (unitName.value === "packet") return 1;
  const counts = sections.flatMap(({ fields }) => fields.filter(({ label }) => label === "Packets"));
  return counts.reduce((sum, { value }) => sum + (typeof value === "number" ? value : 0), 0);
}

/** What would make the row normal, and the normal row that is most like it. */
function Contrast({ shown: { change, neighbour } }: { shown: DetailsOf }) {
  const unit = unitName.value;
  return (
    <>
      {change.length > 0 && (
        <p class="contrast">It would be normal with {change.map((one) => changed(one, "instead of")).join(", ")}.</p>
      )}
      {neighbour !== null && (
        <p class="contrast">
          Nearest normal {unit}:{" "}
          <button type="button" class="small quiet" onClick={() => void pick(neighbour.row)}>
            {visible(neighbour.id, 60)}
          </button>
          {neighbour.apart.length > 0 && `; there ${neighbour.apart.map((one) => changed(one, "here")).join(", ")}.`}
        </p>
      )}
    </>
  );
}

function changed({ feature, unit, from, to }: Change, here: string): string {
  const value = (number: number | null) =>
    number === null ? "missing" : `${format.significant(number)}${unit === "" ? "" : ` ${unit}`}`;
  return `${visible(feature, 80)} ${value(to)} (${here} ${value(from)})`;
}

function Contributions({ list }: { list: Contribution[] }) {
  const [isAll, setAll] = useState(false);
  const meaning = meanings.value;
  const shown = isAll ? list : list.slice(0, FEW);
  if (list.length === 0) return null;
  return (
    <>
      <table class="plain contributions">
        <caption>What makes it as strange as it is</caption>
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col" class="number">
              Here
            </th>
            <th scope="col" class="number">
              Typical
            </th>
            <th scope="col" class="number">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ feature, unit, observed, typical, spread, share }) => (
            <tr key={feature}>
              <th scope="row" title={meaning.get(feature)}>
                <Name text={feature} />
              </th>
              <td class="number">{format.feature(observed, unit)}</td>
              <td class="number">
                {format.feature(typical, unit)}
                {spread !== null && spread > 0 && <span class="spread"> ± {format.significant(spread)}</span>}
              </td>
              <td class="number share">
                {format.share(share)}
                <span class="share-track" aria-hidden="true">
                  <span class="share-bar" style={{ width: `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%` }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.length > FEW && (
        <button type="button" class="small" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Show fewer" : `Show all ${list.length} features`}
        </button>
      )}
    </>
  );
}
