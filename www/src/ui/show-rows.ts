// From what is told elsewhere to its rows in the table.
import { query, select } from "../app/store";
import { rangeOf, withRange } from "../lib/time-range";

/** Shows all rows that a filter selects, within the range of time that is chosen, and goes to them. */
export async function showRows(filter: string): Promise<void> {
  const { range } = rangeOf(query.value.filter);
  await select({
    filter: withRange(filter, range),
    anomalies_only: false,
    rows: null,
    sort: "score",
    descending: true,
  });
  const table = document.getElementById("rows");
  table?.scrollIntoView({ block: "nearest" });
  table?.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
}
