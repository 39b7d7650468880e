// Which columns of the table are shown. Kept for this visit only.
import { computed, signal } from "@preact/signals";
import type { Column } from "../lib/table";
import { columns } from "./store";

export interface ShownColumn {
  column: Column;
  /** Its place among a row's cells. */
  place: number;
}

/** Columns that the reader does not want to see, by name. */
const hidden = signal<ReadonlySet<string>>(new Set());

export const isHidden = (name: string): boolean => hidden.value.has(name);

/** The columns shown; never none. */
export const shownColumns = computed<ShownColumn[]>(() => {
  const all = columns.value.map((column, place) => ({ column, place }));
  const shown = all.filter(({ column }) => !isHidden(column.name));
  return shown.length > 0 ? shown : all.slice(0, 1);
});

/** Shows a column, or hides it. */
export function showColumn(name: string, isShown: boolean): void {
  const next = new Set(hidden.value);
  if (isShown) next.delete(name);
  else next.add(name);
  hidden.value = next;
}

/** Shows all columns again. */
export function showAllColumns(): void {
  hidden.value = new Set();
}
