// From something on the page to its rows in the table.
import { select } from "./store";

/** Shows all rows that a filter lets through, and goes there. */
export async function showFiltered(filter: string): Promise<void> {
  await select({ filter, anomalies_only: false, rows: null, sort: "score", descending: true });
  const table = document.getElementById("rows");
  table?.scrollIntoView({ block: "nearest" });
  table?.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
}

/** Shows all rows, whatever was asked for. */
export function showAllRows(): void {
  void select({ filter: "", anomalies_only: false, rows: null });
}
