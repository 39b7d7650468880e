import { isHidden, showAllColumns, showColumn, shownColumns } from "../app/columns";
import { columns } from "../app/store";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import { Fold } from "./fold";

/** The table's columns, each shown or not. */
export function ColumnChoice() {
  const all = columns.value;
  const count = shownColumns.value.length;
  const summary = count === all.length ? "Columns" : `Columns (${format.count(count)} of ${format.count(all.length)})`;
  return (
    <Fold class="column-choice" summary={summary}>
      {() => <Choices />}
    </Fold>
  );
}

function Choices() {
  const last = shownColumns.value.length === 1 ? shownColumns.value[0]?.column.name : undefined;
  return (
    <fieldset>
      <legend class="visually-hidden">Columns of the table</legend>
      {columns.value.map(({ name, label, meaning }) => (
        <label key={name} class="check" title={meaning}>
          <input
            type="checkbox"
            checked={!isHidden(name)}
            // One stays.
            disabled={name === last}
            onChange={(event) => showColumn(name, event.currentTarget.checked)}
          />
          {visible(label, 60)}
        </label>
      ))}
      <button
        type="button"
        class="small"
        disabled={columns.value.every(({ name }) => !isHidden(name))}
        onClick={showAllColumns}
      >
        Show all columns
      </button>
    </fieldset>
  );
}
