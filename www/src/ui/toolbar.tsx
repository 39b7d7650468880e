import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { showAllRows } from "../app/show";
import {
  filterFields,
  filterProblem,
  query,
  report,
  select,
  selected,
  selectedPosition,
  selection,
  unitName,
} from "../app/store";
import { completions } from "../lib/completion";
import * as format from "../lib/format";
import { ColumnChoice } from "./column-choice";
import { FilterHelp, FilterProblem } from "./filter-help";
import { CopyFilters } from "./filters";
import { SavePackets } from "./packets";

/** Milliseconds of rest after which a filter being typed is tried. */
const REST = 60;

/** What is shown in the table, and what can be done with all of it. */
export function Toolbar() {
  const [text, setText] = useState(query.value.filter);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = query.value.filter;
  // Findings and clusters set the filter too. The answer to what was typed so far takes back nothing typed since.
  useEffect(() => {
    if (timer.current === undefined) setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const unit = unitName.value;
  const found = selection.value;
  const total = report.value?.summary[`${unit}s`];
  const wrong = filterProblem.value;
  const type = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void select({ filter: value }, "typed");
    }, REST);
  };
  const isEmpty = found === null || found.rows === 0 || wrong !== null;
  const isHidden = selected.value !== null && selectedPosition.value === -1;
  return (
    <div class="toolbar">
      <div class="card-head">
        <h2 id="rows-title">{format.capital(unit)}s</h2>
        <p class="card-note" role="status">
          {found === null
            ? ""
            : `${format.count(found.rows)} of ${format.count(total)} ${unit}s, ${format.counted(found.anomalies, "anomaly", "anomalies")}`}
        </p>
      </div>
      <div class="toolbar-line">
        <label class="grow">
          <span class="visually-hidden">Filter</span>
          <input
            type="search"
            list="filter-completions"
            placeholder="Filter: net 10/8 and port 443 and score > 0.6"
            value={text}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={wrong !== null}
            aria-describedby="filter-problem"
            onInput={(event) => type(event.currentTarget.value)}
          />
          <Completions text={text} />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={query.value.anomalies_only}
            onChange={(event) => void select({ anomalies_only: event.currentTarget.checked })}
          />
          Anomalies only
        </label>
      </div>
      <p
        id="filter-problem"
        class={wrong === null ? "field-problem field-problem-empty" : "field-problem"}
        role="status"
      >
        {wrong !== null && <FilterProblem text={asked} {...wrong} />}
      </p>
      {query.value.rows !== null && (
        <p class="hint">
          Only {format.counted(query.value.rows.length, unit)} chosen in the scatter.{" "}
          <button type="button" class="small" onClick={() => void select({ rows: null })}>
            Not only these
          </button>
        </p>
      )}
      {isHidden && (
        <p class="hint">
          The selected {unit} is not among these.{" "}
          <button type="button" class="small" onClick={showAllRows}>
            Show all {unit}s
          </button>
        </p>
      )}
      <FilterHelp />
      <ColumnChoice />
      <div class="selection-actions">
        <SavePackets
          selection={{ kind: "selection" }}
          name="selection"
          label="Save the packets of these (pcapng)"
          isDisabled={isEmpty}
        />
        <CopyFilters selection={{ kind: "selection" }} of={`${selectionText(found)} ${unit}s`} isDisabled={isEmpty} />
      </div>
    </div>
  );
}

/** How many are selected: with it the copied filter goes when another selection comes. */
function selectionText(found: { rows: number } | null): string {
  const { filter, anomalies_only, rows } = query.value;
  const which = `${anomalies_only ? "anomalous " : ""}${rows === null ? "" : "chosen "}`;
  return `the ${format.count(found?.rows)} selected ${which}${filter}`.trim();
}

/** What may be typed next; the browser offers it below the filter. */
function Completions({ text }: { text: string }) {
  const fields = useMemo(filterFields, []);
  return (
    <datalist id="filter-completions">
      {completions(text, fields).map((one) => (
        <option key={one.text} value={one.text} label={one.meaning} />
      ))}
    </datalist>
  );
}
